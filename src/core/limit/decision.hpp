// The answer to one call on one limit, and what holds for every algorithm.
//
// Cost:    a call may cost more than 1 and passes whole or not at all. Cost 0 passes always and
//          changes nothing. A cost above the limit's capacity can never pass: `never_passes`.
// Counted: what passed; refused hits only with `Quota::count_refused`.
// Peek:    answers what `decide` would, and changes nothing.
// Reset:   a state becomes fresh by assigning an empty one.
// Time:    where `now` is before the state's time by up to one window, no time has passed (nothing
//          is given back, a wait may be longer by the difference). Where it is earlier still, the
//          clock was put back: the state moves with it, so that at worst the whole limit is used
//          up now, and nobody waits for the time that was taken back.
// Bounds:  years 1714 to 2225; a time outside is taken as the nearest inside.
#pragma once

#include "core/limit/quota.hpp"

#include <algorithm>
#include <cstdint>

namespace doorward::limit {

inline constexpr Nanos kNever = Nanos::max();

struct Decision {
  bool allowed = false;
  std::uint64_t limit = 0;      // the most that can pass at once: never less than `remaining`
  std::uint64_t remaining = 0;  // whole units that would pass now, after this call
  Nanos reset{};                // until the limit is as if never used
  // 0 if allowed. Else the shortest wait, to the nanosecond, after which the same call passes if no
  // other comes in between; never 0. (Concurrency: if nobody releases earlier.)
  Nanos retry_after{};

  // The cost is above the capacity: waiting does not help.
  bool never_passes() const { return retry_after == kNever; }
  friend bool operator==(const Decision&, const Decision&) = default;
};

// Far enough from the ends of 64 bits that nothing below overflows.
inline constexpr Time kEarliest{Nanos{INT64_MIN + (std::int64_t{1} << 60)}};
inline constexpr Time kLatest{Nanos{INT64_MAX - (std::int64_t{1} << 60)}};
// Before all of them, by more than any window: the time of what never was.
inline constexpr Time kLongAgo{Nanos{INT64_MIN + (std::int64_t{1} << 59)}};
constexpr Time bounded(Time now) { return std::clamp(now, kEarliest, kLatest); }

}  // namespace doorward::limit
