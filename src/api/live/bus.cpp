#include "api/live/bus.hpp"

#include <algorithm>
#include <utility>

namespace doorward::api::live {

void Bus::publish(Event event) {
  if (!has_listeners()) return;
  EventPtr made = std::make_shared<const Event>(std::move(event));
  {
    const std::lock_guard lock(mutex_);
    ring_[end_++ % kEvents].swap(made);
  }
  // What was overwritten is freed here, outside the lock.
}

std::uint64_t Bus::join() {
  const std::lock_guard lock(mutex_);
  listeners_.fetch_add(1, std::memory_order_relaxed);
  return end_;
}

void Bus::leave() { listeners_.fetch_sub(1, std::memory_order_relaxed); }

std::uint64_t Bus::read(std::uint64_t& cursor, std::vector<EventPtr>& into) {
  const std::lock_guard lock(mutex_);
  const std::uint64_t oldest = end_ > kEvents ? end_ - kEvents : 0;
  const std::uint64_t lost = cursor < oldest ? oldest - cursor : 0;
  cursor += lost;
  if (lost > 0) lost_.fetch_add(lost, std::memory_order_relaxed);
  const std::uint64_t until = std::min<std::uint64_t>(end_, cursor + kMostAtOnce);
  while (cursor < until) into.push_back(ring_[cursor++ % kEvents]);
  return lost;
}

}  // namespace doorward::api::live
