#include "core/room/lane_turn.hpp"

#include <cassert>

namespace doorward::room {
namespace {

// Above twice the greatest sum of shares, and far from an overflow.
constexpr std::uint32_t kMaxBits = 1U << 20;

}  // namespace

std::optional<std::uint32_t> LaneTurn::take(std::span<const Contender> lanes) {
  assert(lanes.size() <= kMaxTurnLanes);
  std::optional<std::uint32_t> chosen;
  std::int32_t shares = 0;
  for (std::uint32_t lane = 0; lane < lanes.size(); ++lane) {
    if (!lanes[lane].has_waiters) continue;
    const auto share = static_cast<std::int32_t>(lanes[lane].share);
    shares += share;
    credit_[lane] += share;
    if (!chosen || credit_[lane] > credit_[*chosen]) chosen = lane;
  }
  if (chosen) credit_[*chosen] -= shares;
  return chosen;
}

void LaneTurn::write(ByteWriter& out) const {
  for (std::int32_t credit : credit_) {
    // Zigzag: small numbers of either sign are short.
    const auto bits = static_cast<std::uint32_t>(credit);
    out.varint(bits << 1 ^ (credit < 0 ? UINT32_MAX : 0));
  }
}

LaneTurn LaneTurn::read(ByteReader& in) {
  LaneTurn turn;
  for (std::int32_t& credit : turn.credit_) {
    const auto bits = static_cast<std::uint32_t>(in.varint(kMaxBits));
    credit = static_cast<std::int32_t>(bits >> 1 ^ (bits & 1 ? UINT32_MAX : 0));
  }
  return turn;
}

}  // namespace doorward::room
