// The machine's clocks.
//
// Threads: thread-safe.
#pragma once

#include "ports/clock.hpp"

namespace doorward::adapters {

class SystemClock final : public ports::Clock {
 public:
  LogTime wall_now() const override;
  limit::Time limit_now() const override;
  Millis steady_now() const override;
};

}  // namespace doorward::adapters
