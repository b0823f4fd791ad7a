// The token bucket, which is also GCRA: a burst at once, and then a steady rate.
//
// Why:     a bucket of `burst` tokens gains `limit` in every `window`, continuously, and a call
//          takes its cost. GCRA asks the same from the other end: its theoretical arrival time is
//          the moment at which the bucket is full again. That moment, exact to 1/limit of a
//          nanosecond, is all the state; both names decide alike, and a rate such as 7 a second
//          never drifts.
//          Overshoot: in any interval of length t at most burst + limit * t/window passes; so in
//          one window burst + limit - 1. With `burst: 1` hits are evenly spaced.
// Time:    a `now` before the last hit sees the bucket as empty as that hit left it, or emptier.
// Bounds:  with `count_refused`, a refused call takes what is there and leaves no debt.
#pragma once

#include "core/limit/compiled_quota.hpp"
#include "core/limit/decision.hpp"
#include "core/limit/state.hpp"

#include <algorithm>
#include <cstdint>

namespace doorward::limit {

struct TokenBucket {
  static Decision decide(State& state, const CompiledQuota& quota, Time now, std::uint64_t cost);
  // The common case, of a cost of 1, in as few steps as can be: where states lie far away, a
  // processor that waits for one has room for the steps of the next call only. False, and nothing
  // changed: ask `decide`. `now` is bounded, the quota narrow.
  static bool decide_one(State& state, const CompiledQuota& quota, Time now, Decision& decision);
  static Time idle_at(const State& state) { return state.at + Nanos{state.first > 0 ? 1 : 0}; }
};

inline bool TokenBucket::decide_one(State& state, const CompiledQuota& quota, Time now,
                                    Decision& decision) {
  // Unsigned, since the difference of two may have more than 63 bits.
  const auto count = [](Time at) {
    return static_cast<std::uint64_t>(at.time_since_epoch().count());
  };
  const bool is_full = state.at < now;
  const std::uint64_t whole = is_full ? 0 : count(state.at) - count(now);
  const std::uint64_t part = is_full ? 0 : std::min<std::uint64_t>(state.first, quota.limit() - 1);
  if (whole > static_cast<std::uint64_t>(quota.refill_all().ns)) [[unlikely]]
    return false;
  const Span full{static_cast<std::int64_t>(whole), part};
  const Span after = plus(full, quota.refill(1), quota.limit());
  const std::uint64_t parts_after =
      whole * quota.limit() + part + static_cast<std::uint64_t>(quota.window().count());
  if (parts_after > quota.all_parts()) {
    if (quota.count_refused()) return false;
    state.first = static_cast<std::uint32_t>(part);
    decision = {false, quota.capacity(), 0, wait({}, full), wait(quota.refill_all(), after)};
    return true;
  }
  state.at = now + Nanos{after.ns};
  state.first = static_cast<std::uint32_t>(after.part);
  decision = {true, quota.capacity(), quota.units_in(quota.all_parts() - parts_after),
              wait({}, after), Nanos{0}};
  return true;
}

}  // namespace doorward::limit
