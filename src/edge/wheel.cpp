#include "edge/wheel.hpp"

#include <algorithm>

namespace doorward::edge {

void WheelLink::unlink() {
  previous->next = next;
  next->previous = previous;
  previous = next = this;
}

void WheelLink::insert_before(WheelLink& other) {
  previous = other.previous;
  next = &other;
  previous->next = this;
  other.previous = this;
}

void Wheel::link(WheelEntry& entry) {
  entry.place_ = std::clamp(entry.due_, now_ + 1, now_ + kPlaces - 1);
  entry.insert_before(places_[static_cast<std::size_t>(entry.place_ % kPlaces)]);
}

void Wheel::set(WheelEntry& entry, Millis due) {
  // The tick after: never early.
  entry.due_ = due.count() / kTick.count() + 1;
  if (entry.linked()) {
    if (entry.place_ <= entry.due_) return;
    entry.unlink();
  }
  link(entry);
}

void Wheel::turn() {
  // Taken out first, since an entry that fires may arm others or destroy them.
  WheelLink due;
  WheelLink& place = places_[static_cast<std::size_t>(now_ % kPlaces)];
  if (!place.linked()) return;
  due.insert_before(place);
  place.unlink();
  while (due.linked()) {
    auto& entry = static_cast<WheelEntry&>(*due.next);
    entry.unlink();
    if (entry.due_ == WheelEntry::kNever) continue;
    if (entry.due_ > now_) {
      link(entry);
    } else {
      entry.clear();
      entry.fire_(entry);
    }
  }
}

void Wheel::advance(Millis now) {
  const std::int64_t target = now.count() / kTick.count();
  while (now_ < target) {
    ++now_;
    turn();
  }
}

}  // namespace doorward::edge
