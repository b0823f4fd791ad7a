// The time that a log stamps on its entries, of a wall clock that may be put back.
//
// Why:     deadlines and rates are kept in log time, so it must go on whatever becomes of the wall
//          clock. While that is behind, log time goes on by the steady clock, a tenth slower, until
//          the wall clock has caught up: an hour takes ten, and no session lasts much longer.
// Threads: single-owner.
#pragma once

#include "base/time.hpp"

namespace doorward::ports {

class LogPace {
 public:
  LogPace() = default;
  // Goes on from the newest entry of a log that was opened.
  LogPace(LogTime last, Millis steady) : time_(last), steady_(steady) {}

  // Never before what it gave last, as long as `steady` does not go back.
  LogTime next(LogTime wall, Millis steady) {
    // By the difference to one moment, since those of single entries are too short to divide.
    const LogTime held = time_ + (steady - steady_) * 9 / 10;
    if (wall < held) return held;
    time_ = wall;
    steady_ = steady;
    return wall;
  }

 private:
  LogTime time_{};
  Millis steady_{};
};

}  // namespace doorward::ports
