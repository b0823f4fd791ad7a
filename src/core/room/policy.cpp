#include "core/room/policy.hpp"

#include <algorithm>

namespace doorward::room {
namespace {

std::string text(std::uint32_t number) { return std::to_string(number); }
std::string text(Millis time) {
  const auto ms = time.count();
  if (ms % 1'000 != 0) return std::to_string(ms) + "ms";
  const auto s = ms / 1'000;
  if (s % 3'600 == 0 && s != 0) return std::to_string(s / 3'600) + "h";
  if (s % 60 == 0 && s != 0) return std::to_string(s / 60) + "m";
  return std::to_string(s) + "s";
}

// In the words of an operator's mistake: "capacity: is 0; choose from 1 to 50000000".
template <class T>
Result<> within(const std::string& field, T value, T least, T most) {
  if (value >= least && value <= most) return {};
  return error(Errc::invalid, field + ": is " + text(value) + "; choose from " + text(least) +
                                  " to " + text(most));
}

Result<> validate_lane(const Policy& policy, std::size_t i) {
  const Lane& lane = policy.lanes[i];
  const std::string field = "lanes[" + std::to_string(i) + "]";
  if (!is_valid_room_name(lane.name)) {
    return error(Errc::invalid, field +
                                    ".name: must be 1 to 64 of a-z, 0-9, '.', '_' and '-', "
                                    "beginning with a letter or a digit");
  }
  const auto same = [&](const Lane& other) { return other.name == lane.name; };
  const auto begin = policy.lanes.begin();
  if (std::any_of(begin, begin + static_cast<std::ptrdiff_t>(i), same)) {
    return error(Errc::invalid, field + ".name: \"" + lane.name +
                                    "\" is taken by another lane; give each its own");
  }
  return within(field + ".share", lane.share, 1U, kMaxShare);
}

Result<> validate_lanes(const Policy& policy) {
  if (policy.lanes.size() > kMaxLanes) {
    return error(Errc::invalid, "lanes: has " + std::to_string(policy.lanes.size()) +
                                    " entries; keep to " + std::to_string(kMaxLanes));
  }
  for (std::size_t i = 0; i < policy.lanes.size(); ++i) {
    if (auto checked = validate_lane(policy, i); !checked) return checked;
  }
  return {};
}

Result<> validate_flow(const Policy& policy) {
  if (policy.capacity) {
    if (auto r = within("capacity", *policy.capacity, 1U, kMaxPeople); !r) return r;
  }
  if (policy.admit) {
    if (auto r = within("admit.count", policy.admit->count, 1U, kMaxRateCount); !r) return r;
    if (auto r = within("admit.every", policy.admit->every, kMinEvery, kMaxEvery); !r) return r;
  }
  if (policy.stock) {
    if (!is_valid_room_name(policy.stock->inventory)) {
      return error(Errc::invalid,
                   "stock.inventory: must be the name of an inventory, 1 to 64 of a-z, 0-9, '.', "
                   "'_' and '-', beginning with a letter or a digit");
    }
    if (policy.stock->factor > kMaxFactor) {
      return error(Errc::invalid, "stock.factor: choose from 0.001 to 1000");
    }
  }
  return within("max_waiting", policy.max_waiting, 1U, kMaxPeople);
}

Result<> validate_times(const Policy& policy) {
  if (auto r = within("session.ttl", policy.session_ttl, kMinTtl, kMaxTtl); !r) return r;
  if (policy.claim_ttl) {
    if (auto r = within("claim.ttl", *policy.claim_ttl, kMinTtl, kMaxTtl); !r) return r;
  }
  if (policy.liveness_silence) {
    const Millis silence = *policy.liveness_silence;
    if (auto r = within("liveness.silence", silence, kMinSilence, kMaxSilence); !r) return r;
  }
  if (auto r = within("liveness.grace", policy.liveness_grace, Millis{0}, kMaxGrace); !r) return r;
  if (policy.opens_at && *policy.opens_at < LogTime{})
    return error(Errc::invalid, "opens_at: is before 1970; leave it out to be open already");
  if (policy.closes_at && *policy.closes_at < LogTime{})
    return error(Errc::invalid, "closes_at: is before 1970; say mode closed instead");
  if (policy.opens_at && policy.closes_at && *policy.opens_at >= *policy.closes_at) {
    return error(Errc::invalid,
                 "closes_at: is not after opens_at; move one of them, or leave it out");
  }
  return {};
}

}  // namespace

bool is_valid_room_name(std::string_view name) { return naming::is_name(name); }

bool has_lane(const Policy& policy, std::string_view lane) {
  if (policy.lanes.empty()) return lane == kOnlyLane;
  return std::ranges::find(policy.lanes, lane, &Lane::name) != policy.lanes.end();
}

Result<> validate(const Policy& policy) {
  if (auto checked = validate_flow(policy); !checked) return checked;
  if (auto checked = validate_times(policy); !checked) return checked;
  return validate_lanes(policy);
}

std::optional<std::uint32_t> effective_capacity(const Policy& policy,
                                                std::optional<std::uint32_t> left,
                                                bool sells_last) {
  if (!left || !policy.stock || policy.stock->factor == 0) return policy.capacity;
  constexpr std::uint32_t kWhole = 1'000;
  const std::uint64_t most = std::uint64_t{*left} * policy.stock->factor / kWhole;
  const std::uint64_t least = sells_last && *left > 0 ? 1 : 0;
  const std::uint64_t capacity = policy.capacity.value_or(kMaxPeople);
  return static_cast<std::uint32_t>(std::min(std::max(most, least), capacity));
}

Mode effective_mode(const Policy& policy, LogTime now) {
  if (policy.mode == Mode::closed || policy.mode == Mode::bypass) return policy.mode;
  if (policy.closes_at && now >= *policy.closes_at) return Mode::closed;
  if (policy.opens_at && now < *policy.opens_at) return Mode::paused;
  return policy.mode;
}

std::optional<LogTime> next_mode_change(const Policy& policy, LogTime now) {
  const Mode mode = effective_mode(policy, now);
  std::optional<LogTime> next;
  for (const auto& at : {policy.opens_at, policy.closes_at}) {
    const bool changes = at && *at > now && effective_mode(policy, *at) != mode;
    if (changes && (!next || *at < *next)) next = at;
  }
  return next;
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

const char* to_string(Order order) { return order == Order::fifo ? "fifo" : "draw"; }
const char* to_string(Renew renew) { return renew == Renew::use ? "use" : "never"; }
const char* to_string(Rejoin rejoin) { return rejoin == Rejoin::keep ? "keep" : "to_back"; }

}  // namespace doorward::room
