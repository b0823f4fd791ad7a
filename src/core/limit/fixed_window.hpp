// The fixed window: counts in windows that begin at multiples of their length since the epoch.
//
// Why:     the cheapest to understand: "100 a minute", anew at each full minute.
//          Overshoot: up to twice the limit in an interval of one window's length, half of it just
//          before an edge and half just after. Never more; never more than `limit` in one window.
// Bounds:  with `count_refused`, counts stop at 2^32 - 1.
#pragma once

#include "core/limit/compiled_quota.hpp"
#include "core/limit/decision.hpp"
#include "core/limit/state.hpp"

#include <cstdint>

namespace doorward::limit {

struct FixedWindow {
  static Decision decide(State& state, const CompiledQuota& quota, Time now, std::uint64_t cost);
  static Time idle_at(const State& state, const CompiledQuota& quota);
};

}  // namespace doorward::limit
