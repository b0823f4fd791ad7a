// A clock that stands still until it is told to move: for tests and the simulator.
//
// Time:    wall and steady time go on together by `advance`; `set_wall` makes the wall clock jump.
// Threads: thread-safe.
#pragma once

#include "ports/clock.hpp"

#include <atomic>

namespace doorward::ports {

class FakeClock final : public Clock {
 public:
  explicit FakeClock(LogTime wall = LogTime{Millis{1'700'000'000'000}}) : wall_(wall) {}

  LogTime wall_now() const override { return wall_.load(); }
  Millis steady_now() const override { return steady_.load(); }

  void advance(Millis by) {
    steady_.store(steady_.load() + by);
    wall_.store(wall_.load() + by);
  }
  void set_wall(LogTime to) { wall_.store(to); }

 private:
  std::atomic<LogTime> wall_;
  std::atomic<Millis> steady_{Millis{0}};
};

}  // namespace doorward::ports
