// One call on one limit: the door to all algorithms.
//
// Why:     the algorithms are in fixed_window.hpp, sliding_counter.hpp, token_bucket.hpp (GCRA as
//          well), sliding_log.hpp and leases.hpp, each with its overshoot bound. The first three
//          share one state; the last two have state of varying size and their own types.
// Time:    `now` is the caller's; what if it goes back: decision.hpp.
// Threads: pure functions of what they are given; a caller holds whatever guards the state.
#pragma once

#include "core/limit/compiled_quota.hpp"
#include "core/limit/decision.hpp"
#include "core/limit/fixed_window.hpp"
#include "core/limit/sliding_counter.hpp"
#include "core/limit/state.hpp"
#include "core/limit/token_bucket.hpp"

#include <cstdint>

namespace doorward::limit {

Decision decide_by_algorithm(State& state, const CompiledQuota& quota, Time now,
                             std::uint64_t cost);

// For the algorithms with `has_small_state`.
[[gnu::always_inline]] inline Decision decide(State& state, const CompiledQuota& quota, Time now,
                                              std::uint64_t cost) {
  Decision decision;
  now = bounded(now);
  if (cost == 1 && quota.is_narrow() && TokenBucket::decide_one(state, quota, now, decision))
    return decision;
  decision = decide_by_algorithm(state, quota, now, cost);
  return decision;
}

// What `decide` would answer.
inline Decision peek(State state, const CompiledQuota& quota, Time now, std::uint64_t cost) {
  return decide(state, quota, now, cost);
}

// From when on the state is as good as a fresh one and may be forgotten. Later hits move it.
inline Time idle_at(const State& state, const CompiledQuota& quota) {
  switch (quota.algorithm()) {
    case Algorithm::fixed_window: return FixedWindow::idle_at(state, quota);
    case Algorithm::sliding_counter: return SlidingCounter::idle_at(state, quota);
    default: return TokenBucket::idle_at(state);
  }
}

}  // namespace doorward::limit
