// The sliding window as two counters: this window's, and the one before by the share of it that the
// sliding window still covers.
//
// Why:     nearly as good as the exact log in 16 bytes: what came in the window before is taken as
//          evenly spread over it. used = before * (1 - elapsed/window) + present, compared exactly.
//          Overshoot: hits at the end of the window before are forgotten as if they had been
//          spread: 2 * limit - 1 in an interval of one window's length at the very worst (all of
//          one window at its end, all of the next one too). Even traffic overshoots by nothing.
//          A part of a hit counts as a whole one, so that a small limit may lose one of a window.
// Bounds:  with `count_refused`, counts stop at 2^32 - 1.
#pragma once

#include "core/limit/compiled_quota.hpp"
#include "core/limit/decision.hpp"
#include "core/limit/state.hpp"

#include <cstdint>

namespace doorward::limit {

struct SlidingCounter {
  static Decision decide(State& state, const CompiledQuota& quota, Time now, std::uint64_t cost);
  static Time idle_at(const State& state, const CompiledQuota& quota);
};

}  // namespace doorward::limit
