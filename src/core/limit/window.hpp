// Which window a time lies in, and counts that stop at their largest value.
#pragma once

#include "core/limit/compiled_quota.hpp"
#include "core/limit/decision.hpp"

#include <algorithm>
#include <cstdint>

namespace doorward::limit {

// Windows begin at multiples of their length since the epoch, before 1970 as well.
inline Time window_begin(Time now, Nanos window) {
  const Nanos into = now.time_since_epoch() % window;
  return now - (into < Nanos{0} ? into + window : into);
}

inline std::uint32_t add_counts(std::uint32_t a, std::uint64_t b) {
  return a + static_cast<std::uint32_t>(std::min<std::uint64_t>(b, UINT32_MAX - a));
}

}  // namespace doorward::limit
