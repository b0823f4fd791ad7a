#include "core/room/policy.hpp"

#include <algorithm>
#include <set>

namespace doorward::room {
namespace {

constexpr std::uint32_t kMostPeople = 10'000'000;
constexpr std::uint32_t kMostShares = 1'000'000;
constexpr Millis kShortestTtl{100};
constexpr Millis kLongestTtl{std::chrono::hours{24 * 30}};
constexpr Millis kDay{std::chrono::hours{24}};

bool is_word(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

struct Span {
  const char* name;
  Millis value;
  Millis low;
  Millis high;
};

Result<> validate_lanes(const std::vector<Lane>& lanes) {
  if (lanes.size() > kMaxLanes) return error(Errc::invalid, "lanes: at most 16 are possible");
  std::set<std::string_view> seen;
  for (const Lane& lane : lanes) {
    if (!is_valid_room_name(lane.name)) {
      return error(Errc::invalid, "lanes: a name is 1 to 64 of a-z, 0-9, '.', '_', '-'");
    }
    if (!seen.insert(lane.name).second) {
      return error(Errc::invalid, "lanes: \"" + lane.name + "\" is there twice");
    }
    if (lane.share < 1 || lane.share > kMostShares) {
      return error(Errc::invalid, "lanes: a share is from 1 to 1000000");
    }
  }
  return {};
}

Result<> validate_counts(const Policy& policy) {
  if (policy.capacity && *policy.capacity > kMostPeople) {
    return error(Errc::invalid, "capacity: at most 10000000; leave it out for no limit");
  }
  if (policy.admit && (policy.admit->count < 1 || policy.admit->count > kMostPeople)) {
    return error(Errc::invalid, "admit.count: from 1 to 10000000; pause the room to admit nobody");
  }
  if (policy.max_waiting > kMostPeople) {
    return error(Errc::invalid, "max_waiting: at most 10000000");
  }
  return {};
}

Result<> validate_spans(const Policy& policy) {
  std::vector<Span> spans{
      {"session.ttl", policy.session_ttl, kShortestTtl, kLongestTtl},
      {"liveness.grace", policy.liveness_grace, Millis{1000}, kDay},
  };
  if (policy.admit) spans.push_back({"admit.every", policy.admit->every, Millis{1}, kDay});
  if (policy.claim_ttl)
    spans.push_back({"claim.ttl", *policy.claim_ttl, kShortestTtl, kLongestTtl});
  if (policy.liveness_silence) {
    spans.push_back({"liveness.silence", *policy.liveness_silence, Millis{1000}, kDay});
  }
  for (const Span& span : spans) {
    if (span.value >= span.low && span.value <= span.high) continue;
    return error(Errc::invalid, std::string(span.name) + ": from " +
                                    std::to_string(span.low.count()) + "ms to " +
                                    std::to_string(span.high.count()) + "ms");
  }
  return {};
}

}  // namespace

bool is_valid_room_name(std::string_view name) {
  return !name.empty() && name.size() <= kMaxRoomName && is_word(name.front()) &&
         std::all_of(name.begin(), name.end(),
                     [](char c) { return is_word(c) || c == '.' || c == '_' || c == '-'; });
}

Result<> validate(const Policy& policy) {
  if (auto counts = validate_counts(policy); !counts) return counts;
  if (auto spans = validate_spans(policy); !spans) return spans;
  if (auto lanes = validate_lanes(policy.lanes); !lanes) return lanes;
  if (policy.opens_at && policy.closes_at && *policy.closes_at <= *policy.opens_at) {
    return error(Errc::invalid, "closes_at: must be later than opens_at");
  }
  return {};
}

const char* to_string(Mode mode) {
  switch (mode) {
    case Mode::open: return "open";
    case Mode::paused: return "paused";
    case Mode::closed: return "closed";
    case Mode::bypass: return "bypass";
  }
  return "unknown";
}

}  // namespace doorward::room
