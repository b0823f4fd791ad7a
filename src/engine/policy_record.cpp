#include "engine/record_parts.hpp"

#include <limits>
#include <utility>

namespace doorward::engine {
namespace {

constexpr std::uint64_t kMaxShare = 1U << 20;
constexpr std::uint64_t kMax32 = std::numeric_limits<std::uint32_t>::max();

std::uint64_t get_positive(ByteReader& in, std::uint64_t max) {
  const std::uint64_t v = in.varint(max);
  if (v == 0) in.fail();
  return v;
}

// Which optional fields of a policy follow.
enum : std::uint8_t {
  kHasCapacity = 1,
  kHasRate = 2,
  kHasClaim = 4,
  kHasSilence = 8,
  kHasOpens = 16,
  kHasCloses = 32,
  kHasMore = 64,  // fields of later versions, at the end
  kAllOptional = 127,
};

// Which fields of later versions follow.
enum : std::uint8_t { kHasStock = 1, kRounds = 2, kPresentOnly = 4, kAllLater = 7 };

std::uint8_t later(const room::Policy& p) {
  return static_cast<std::uint8_t>((p.stock ? kHasStock : 0) |
                                   (p.admit && p.admit->rounds ? kRounds : 0) |
                                   (p.present_only ? kPresentOnly : 0));
}

std::uint8_t present(const room::Policy& p) {
  return static_cast<std::uint8_t>(
      (p.capacity ? kHasCapacity : 0) | (p.admit ? kHasRate : 0) | (p.claim_ttl ? kHasClaim : 0) |
      (p.liveness_silence ? kHasSilence : 0) | (p.opens_at ? kHasOpens : 0) |
      (p.closes_at ? kHasCloses : 0) | (later(p) != 0 ? kHasMore : 0));
}

void put_lanes(ByteWriter& out, const std::vector<room::Lane>& lanes) {
  out.u8(static_cast<std::uint8_t>(lanes.size()));
  for (const room::Lane& lane : lanes) {
    out.text(lane.name);
    out.varint(lane.share);
  }
}

std::vector<room::Lane> get_lanes(ByteReader& in) {
  const std::size_t count = in.u8();
  if (count > room::kMaxLanes) in.fail();
  std::vector<room::Lane> lanes;
  for (std::size_t i = 0; in.ok() && i < count; ++i) {
    room::Lane lane;
    lane.name = get_name(in, room::kMaxRoomName);
    lane.share = static_cast<std::uint32_t>(get_positive(in, kMaxShare));
    lanes.push_back(std::move(lane));
  }
  return lanes;
}

room::Rate get_rate(ByteReader& in) {
  room::Rate rate;
  rate.count = static_cast<std::uint32_t>(get_positive(in, kMax32));
  rate.every = get_duration(in);
  if (rate.every < Millis(1)) in.fail();
  return rate;
}

void put_later(ByteWriter& out, const room::Policy& p) {
  out.u8(later(p));
  if (!p.stock) return;
  out.text(p.stock->inventory);
  out.varint(p.stock->factor);
}

void get_later(ByteReader& in, room::Policy& p) {
  const std::uint8_t has = in.u8();
  const bool has_rounds = (has & kRounds) != 0;
  if (has == 0 || has > kAllLater || (has_rounds && !p.admit)) return in.fail();
  if (has_rounds) p.admit->rounds = true;
  p.present_only = (has & kPresentOnly) != 0;
  if ((has & kHasStock) == 0) return;
  room::Stock& stock = p.stock.emplace();
  stock.inventory = get_name(in, room::kMaxRoomName);
  stock.factor = static_cast<std::uint32_t>(in.varint(room::kMaxFactor));
}

}  // namespace

void put_policy(ByteWriter& out, const room::Policy& p) {
  out.u8(present(p));
  if (p.capacity) out.varint(*p.capacity);
  if (p.admit) {
    out.varint(p.admit->count);
    put_duration(out, p.admit->every);
  }
  put_duration(out, p.session_ttl);
  out.u8(static_cast<std::uint8_t>(p.renew));
  if (p.claim_ttl) put_duration(out, *p.claim_ttl);
  out.u8(static_cast<std::uint8_t>(p.order));
  put_lanes(out, p.lanes);
  out.u8(static_cast<std::uint8_t>(p.rejoin));
  if (p.liveness_silence) put_duration(out, *p.liveness_silence);
  put_duration(out, p.liveness_grace);
  if (p.opens_at) put_time(out, *p.opens_at);
  if (p.closes_at) put_time(out, *p.closes_at);
  out.varint(p.max_waiting);
  out.u8(static_cast<std::uint8_t>(p.mode));
  if (later(p) != 0) put_later(out, p);
}

room::Policy get_policy(ByteReader& in) {
  room::Policy p;
  const std::uint8_t has = in.u8();
  if (has > kAllOptional) in.fail();
  if (has & kHasCapacity) p.capacity = static_cast<std::uint32_t>(in.varint(kMax32));
  if (has & kHasRate) p.admit = get_rate(in);
  p.session_ttl = get_duration(in);
  p.renew = get_enum(in, room::Renew::never);
  if (has & kHasClaim) p.claim_ttl = get_duration(in);
  p.order = get_enum(in, room::Order::draw);
  p.lanes = get_lanes(in);
  p.rejoin = get_enum(in, room::Rejoin::to_back);
  if (has & kHasSilence) p.liveness_silence = get_duration(in);
  p.liveness_grace = get_duration(in);
  if (has & kHasOpens) p.opens_at = get_time(in);
  if (has & kHasCloses) p.closes_at = get_time(in);
  p.max_waiting = static_cast<std::uint32_t>(in.varint(kMax32));
  p.mode = get_enum(in, room::Mode::bypass);
  if (has & kHasMore) get_later(in, p);
  return p;
}

}  // namespace doorward::engine
