// The only doors to time outside the log.
//
// Why:     the log stamps entries with `wall_now`; the committer measures waits with `steady_now`.
//          Everything else receives `now` as an argument.
// Time:    `wall_now` may jump either way, and the log evens that out; `steady_now` never goes
//          back.
// Threads: thread-safe.
#pragma once

#include "base/time.hpp"
#include "core/limit/quota.hpp"

namespace doorward::ports {

class Clock {
 public:
  virtual ~Clock() = default;
  virtual LogTime wall_now() const = 0;
  // The same clock, finer: what limits count by.
  virtual limit::Time limit_now() const { return limit::Time{wall_now().time_since_epoch()}; }
  virtual Millis steady_now() const = 0;  // since an arbitrary start
};

}  // namespace doorward::ports
