// The two times of the engine, as types that cannot be mixed up. All are whole milliseconds.
//
// LogTime:     the time that the log gave a record, milliseconds since the Unix epoch. It never
//              goes back. Rates, `opens_at`, `joined_at` and `admitted_at` are in log time.
// ServiceTime: log time less every gap (time in which the service was away, see
//              docs/architecture.md). Silence, claim, session and hold deadlines are kept in
//              service time, so that a gap moves all of them on without touching one.
// Nothing here reads a clock; see ports/clock.hpp.
#pragma once

#include <chrono>
#include <cstdint>

namespace doorward {

using Millis = std::chrono::duration<std::int64_t, std::milli>;

struct LogClock {
  using duration = Millis;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<LogClock>;
  static constexpr bool is_steady = true;
};

struct ServiceClock {
  using duration = Millis;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<ServiceClock>;
  static constexpr bool is_steady = true;
};

using LogTime = LogClock::time_point;
using ServiceTime = ServiceClock::time_point;

}  // namespace doorward
