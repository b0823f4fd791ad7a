#include "ports/memory/counter_table.hpp"

#include "core/limit/decision.hpp"

#include <algorithm>
#include <cassert>
#include <type_traits>
#include <utility>

namespace doorward::ports {

bool CounterSlot::large() const {
  return !limit::has_small_state(static_cast<limit::Algorithm>(algorithm));
}

std::uint32_t CounterSlot::weight(Tick now) const {
  if (idle <= now) return 0;
  std::uint64_t taken = idle - now;
  if (!bucket) taken = large() ? state.second : std::uint64_t{state.first} + state.second;
  return static_cast<std::uint32_t>(std::clamp<std::uint64_t>(taken << 8 >> whole, 1, 256));
}

CounterSlot& CounterTable::insert(const Hash128& key) {
  assert(has_room());
  std::uint32_t i = home(key);
  while (slots_[i].idle != 0) i = next(i);
  ++used_;
  set_tag(i, tag_of(key));
  slots_[i].key = key;
  slots_[i].idle = UINT32_MAX;
  return slots_[i];
}

// Every follower that may lie nearer to its home moves into the hole.
void CounterTable::erase(CounterSlot& slot) {
  auto hole = static_cast<std::uint32_t>(&slot - slots_.get());
  for (std::uint32_t i = next(hole); slots_[i].idle != 0; i = next(i)) {
    if (distance(home(slots_[i].key), i) < distance(hole, i)) continue;
    slots_[hole] = slots_[i];
    set_tag(hole, tags_[i]);
    hole = i;
  }
  slots_[hole] = CounterSlot{};
  set_tag(hole, 0);
  --used_;
}

void CounterTable::set_tag(std::uint32_t i, std::uint64_t tag) {
  tags_[i] = static_cast<std::uint8_t>(tag);
  if (i < kTagsAtOnce) tags_[capacity_ + i] = tags_[i];
}

std::uint32_t CounterTable::grown(std::uint32_t capacity) {
  constexpr std::uint32_t kLeast = 8;
  return capacity + std::max(kLeast, capacity / 4);
}

CounterTable::Slots CounterTable::make_slots(std::uint32_t capacity) const {
  static_assert(std::is_trivially_destructible_v<CounterSlot>);
  auto* const slots =
      static_cast<CounterSlot*>(memory_->allocate(bytes(capacity), alignof(CounterSlot)));
  std::uninitialized_default_construct_n(slots, capacity);
  return Slots(slots, FreeSlots{memory_, bytes(capacity)});
}

void CounterTable::resize(std::uint32_t capacity) {
  assert(capacity >= kTagsAtOnce);
  const Slots old = std::exchange(slots_, make_slots(capacity));
  const std::uint32_t count = std::exchange(capacity_, capacity);
  tags_ = reinterpret_cast<std::uint8_t*>(slots_.get() + capacity);
  std::fill_n(tags_, capacity + kTagsAtOnce, std::uint8_t{0});
  hint_capacity_.store(capacity, std::memory_order_relaxed);
  hint_.store(reinterpret_cast<std::uintptr_t>(slots_.get()), std::memory_order_relaxed);
  used_ = 0;
  hand_ = 0;
  for (std::uint32_t i = 0; i < count; ++i) {
    if (old[i].idle != 0) insert(old[i].key) = old[i];
  }
}

}  // namespace doorward::ports
