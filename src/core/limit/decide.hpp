// One call on one limit: the door to all algorithms.
//
// Why:     the algorithms are in fixed_window.hpp, sliding_counter.hpp, token_bucket.hpp (also GCRA),
//          sliding_log.hpp and leases.hpp, each with its overshoot bound. The first three share one
//          state; the last two have state of varying size and their own types.
// Time:    `now` is the caller's; what if it goes back: decision.hpp.
// Threads: pure functions of what they are given; a caller holds whatever guards the state.
#pragma once

#include "core/limit/compiled_quota.hpp"
#include "core/limit/decision.hpp"
#include "core/limit/state.hpp"

#include <cstdint>

namespace doorward::limit {

// For the algorithms with `has_small_state`.
Decision decide(State& state, const CompiledQuota& quota, Time now, std::uint64_t cost);

// What `decide` would answer.
inline Decision peek(State state, const CompiledQuota& quota, Time now, std::uint64_t cost) {
  return decide(state, quota, now, cost);
}

// From when on the state is as good as a fresh one, so that it may be forgotten. Later hits move it.
Time idle_at(const State& state, const CompiledQuota& quota);

}  // namespace doorward::limit
