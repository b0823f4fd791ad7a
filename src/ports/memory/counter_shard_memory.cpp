// How a shard makes and keeps room.
#include "ports/memory/counter_shard.hpp"

#include <algorithm>

namespace doorward::ports {
namespace {

constexpr std::uint32_t kSweep = 2;    // slots that an insertion looks at
constexpr std::uint32_t kSearch = 64;  // slots looked at when there is no room

}  // namespace

void CounterShard::open(CounterBudget& budget, std::pmr::memory_resource& memory, Tick retention) {
  budget_ = &budget;
  table_.use(memory);
  retention_ = retention;
  const std::uint32_t least = CounterTable::grown(0);
  budget_->take_table(CounterTable::bytes(least));
  table_.resize(least);
}

CounterSlot& CounterShard::insert(const Hash128& key, limit::Algorithm algorithm, Tick now) {
  // One of another algorithm.
  if (CounterSlot* old = table_.find(key)) erase(*old);
  sweep(kSweep, now);
  if (!table_.has_room()) make_room(now);
  CounterSlot& slot = table_.insert(key);
  slot.algorithm = static_cast<std::uint8_t>(algorithm);
  if (slot.large()) slot.state.first = take_large(key);
  return slot;
}

std::uint32_t CounterShard::take_large(const Hash128& key) {
  if (free_large_.empty()) {
    free_large_.push_back(static_cast<std::uint32_t>(large_.size()));
    large_.emplace_back();
  }
  const std::uint32_t i = free_large_.back();
  free_large_.pop_back();
  large_[i].key = key;
  large_[i].in_use = true;
  budget_->change_heap(sizeof(Large));
  return i;
}

// Idle keys make room before the table grows, and growth before a live key goes.
void CounterShard::make_room(Tick now) {
  const std::uint32_t larger = CounterTable::grown(table_.capacity());
  if (budget_->may_take_table(CounterTable::bytes(larger) - table_.bytes())) {
    sweep(kSearch, now);
    if (table_.has_room() || resize(larger)) return;
  }
  forget_nearest_to_fresh(now);
}

bool CounterShard::resize(std::uint32_t capacity) {
  const std::size_t bytes = CounterTable::bytes(capacity);
  if (capacity > table_.capacity()) {
    if (!budget_->take_table(bytes - table_.bytes())) return false;
  } else {
    budget_->give_table(table_.bytes() - bytes);
  }
  table_.resize(capacity);
  return true;
}

// Erasing moves a follower into the slot, so that it is looked at again.
void CounterShard::sweep(std::uint32_t slots, Tick now) {
  for (; slots > 0; --slots) {
    CounterSlot& slot = table_.at(table_.hand());
    const bool over = slot.idle != 0 && slot.idle <= now && now - slot.idle >= retention_;
    if (over) {
      erase(slot);
      ++expired_;
    } else {
      table_.set_hand(table_.hand() + 1);
    }
  }
}

void CounterShard::forget_nearest_to_fresh(Tick now) {
  CounterSlot* victim = nullptr;
  std::pair<std::uint32_t, Tick> least;
  std::uint32_t i = table_.hand();
  for (std::uint32_t look = 0; look < kSearch || victim == nullptr; ++look, i = table_.next(i)) {
    CounterSlot& slot = table_.at(i);
    if (slot.idle == 0) continue;
    const auto found = rank(slot, now);
    if (victim != nullptr && found >= least) continue;
    victim = &slot;
    least = found;
    if (found.first == 0) break;
  }
  table_.set_hand(i);
  forget(*victim, now);
}

std::pair<std::uint32_t, Tick> CounterShard::rank(const CounterSlot& slot, Tick now) {
  return {slot.weight(now), slot.idle};
}

void CounterShard::forget(CounterSlot& slot, Tick now) {
  ++(slot.idle > now ? forgotten_live_ : expired_);
  erase(slot);
}

void CounterShard::erase(CounterSlot& slot) {
  if (slot.large()) {
    Large& large = large_[slot.state.first];
    budget_->change_heap(-static_cast<std::int64_t>(large.heap_bytes() + sizeof(Large)));
    large = Large{};
    free_large_.push_back(slot.state.first);
  }
  table_.erase(slot);
}

void CounterShard::clean(limit::Time now) {
  const Tick tick = tick_of(now);
  // Every slot once, and one more look for each that is erased.
  for (std::uint32_t left = table_.capacity(); left > 0; --left) {
    const std::uint32_t before = table_.size();
    sweep(1, tick);
    if (table_.size() < before) ++left;
  }
  const std::uint32_t enough = CounterTable::grown(table_.size() * 3 / 2);
  if (enough < table_.capacity() / 2) resize(enough);
  if (free_large_.size() == large_.size()) {
    large_ = std::vector<Large>();
    free_large_ = std::vector<std::uint32_t>();
  }
}

bool CounterShard::forget_large(limit::Time now) {
  const Tick tick = tick_of(now);
  CounterSlot* victim = nullptr;
  std::uint32_t seen = 0;
  for (std::size_t look = 0; look < large_.size() && seen < kSearch; ++look) {
    large_hand_ = large_hand_ + 1 < large_.size() ? large_hand_ + 1 : 0;
    if (!large_[large_hand_].in_use) continue;
    ++seen;
    CounterSlot* slot = table_.find(large_[large_hand_].key);
    if (victim == nullptr || rank(*slot, tick) < rank(*victim, tick)) victim = slot;
  }
  if (victim == nullptr) return false;
  forget(*victim, tick);
  return true;
}

void CounterShard::clear() {
  for (std::uint32_t i = 0; i < table_.capacity();) {
    CounterSlot& slot = table_.at(i);
    if (slot.idle == 0) {
      ++i;
    } else {
      erase(slot);
    }
  }
}

}  // namespace doorward::ports
