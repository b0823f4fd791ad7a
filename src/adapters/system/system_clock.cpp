#include "adapters/system/system_clock.hpp"

namespace doorward::adapters {

LogTime SystemClock::wall_now() const {
  const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
  return LogTime{std::chrono::duration_cast<Millis>(since_epoch)};
}

limit::Time SystemClock::limit_now() const {
  const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
  return limit::Time{std::chrono::duration_cast<limit::Nanos>(since_epoch)};
}

Millis SystemClock::steady_now() const {
  const auto since_start = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration_cast<Millis>(since_start);
}

}  // namespace doorward::adapters
