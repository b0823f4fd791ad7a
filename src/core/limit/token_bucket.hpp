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

#include <cstdint>

namespace doorward::limit {

struct TokenBucket {
  static Decision decide(State& state, const CompiledQuota& quota, Time now, std::uint64_t cost);
  static Time idle_at(const State& state) { return state.at + Nanos{state.first > 0 ? 1 : 0}; }
};

}  // namespace doorward::limit
