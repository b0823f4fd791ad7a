// The keys of one shard and their states: a flat table with linear probing, 41 bytes a slot.
//
// Why:       a byte of each slot's key, its tag, lies with those of its neighbours, so that eight
//            are looked at in one step and the slot is read whose key it is: how far a key lies
//            from its home cannot be foretold, and a processor that guesses wrong waits for one
//            slot from memory after the other, instead of several at once. Slots lie in the order
//            of their keys' hashes and the table grows by a quarter at a time, so at worst 69
//            bytes a key are taken, the key itself included. Erasing moves followers back: there
//            are no tombstones.
// Time:      in ticks of 2^30 ns (1.07 s) since the Unix epoch, to be good until 2106.
// Threads:   single-owner; the shard's lock guards it.
// Bounds:    three quarters full at most, so that a search ends.
#pragma once

#include "base/siphash.hpp"
#include "core/limit/state.hpp"
#include "ports/memory/counter_budget.hpp"

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <memory_resource>

namespace doorward::ports {

using Tick = std::uint32_t;
inline constexpr int kTickBits = 30;  // of nanoseconds
// The tick that holds `at`, or the nearest.
inline Tick tick_of(limit::Time at) {
  constexpr std::int64_t kLast = std::int64_t{UINT32_MAX} - 1;
  return static_cast<Tick>(
      std::clamp<std::int64_t>(at.time_since_epoch().count() >> kTickBits, 0, kLast));
}

struct CounterSlot {
  Hash128 key;
  // Of an algorithm with large state: `first` is the index of it, `second` what is used.
  limit::State state;
  Tick idle = 0;  // from here on it is as good as fresh; 0: the slot is empty
  std::uint8_t algorithm = 0;
  // What a whole limit is: buckets: bits of the ticks that a refill takes; else bits of the limit.
  std::uint8_t whole = 0;
  bool bucket = false;
  bool lasting = false;  // whether it outlives a restart

  // How much of the limit is used up, roughly, in 256ths: 0 if it could not refuse anybody.
  std::uint32_t weight(Tick now) const;
  bool large() const;
};
static_assert(sizeof(CounterSlot) == 40);

// Gives a table's slots, and the tags behind them, back to where they are from.
struct FreeSlots {
  std::pmr::memory_resource* memory = nullptr;
  std::size_t bytes = 0;
  void operator()(CounterSlot* slots) const {
    memory->deallocate(slots, bytes, alignof(CounterSlot));
  }
};

class CounterTable {
 public:
  // Where the slots lie, which must outlive the table. A `resize` follows before all else.
  void use(std::pmr::memory_resource& memory) { memory_ = &memory; }

  CounterSlot* find(const Hash128& key) {
    for (std::uint32_t i = home(key);; i = wrapped(i + kTagsAtOnce)) {
      const std::uint64_t tags = tags_from(i);
      for (auto same = zero_bytes(tags ^ tag_of(key) * kEachByte); same != 0; same &= same - 1) {
        CounterSlot& slot = slots_[wrapped(i + byte_of(same))];
        if (slot.key == key) [[likely]]
          return &slot;
      }
      if (zero_bytes(tags) != 0) return nullptr;
    }
  }

  // Fetches what `find` will most likely look at. The one call that needs no lock: what it reads of
  // a table that grows meanwhile only makes it fetch in vain.
  void prefetch(const Hash128& key) const {
    const std::uint32_t capacity = hint_capacity_.load(std::memory_order_relaxed);
    const std::uintptr_t slots = hint_.load(std::memory_order_relaxed);
    const std::uint32_t at = home(key, capacity);
    __builtin_prefetch(reinterpret_cast<const void*>(slots + capacity * sizeof(CounterSlot) + at));
    const auto slot = slots + at * sizeof(CounterSlot);
    __builtin_prefetch(reinterpret_cast<const void*>(slot), 1);
    __builtin_prefetch(reinterpret_cast<const void*>(slot + 64), 1);
  }

  std::uint32_t size() const { return used_; }
  std::uint32_t capacity() const { return capacity_; }
  const CounterSlot& at(std::uint32_t i) const { return slots_[i]; }
  CounterSlot& at(std::uint32_t i) { return slots_[i]; }

  // Adds a key that is not there. There must be room.
  CounterSlot& insert(const Hash128& key);
  // Invalidates pointers to other slots.
  void erase(CounterSlot& slot);

  // Whether one more fits.
  bool has_room() const { return (used_ + 1) * std::uint64_t{4} <= capacity_ * std::uint64_t{3}; }
  static std::uint32_t grown(std::uint32_t capacity);
  static std::size_t bytes(std::uint32_t capacity) {
    return capacity * (sizeof(CounterSlot) + 1) + kTagsAtOnce;
  }
  std::size_t bytes() const { return bytes(capacity_); }
  // To a capacity in which `size()` has room.
  void resize(std::uint32_t capacity);

  // The next slots in turn, for the sweep and the choice of a victim.
  std::uint32_t hand() const { return hand_; }
  void set_hand(std::uint32_t i) { hand_ = i < capacity_ ? i : 0; }
  std::uint32_t next(std::uint32_t i) const { return i + 1 < capacity_ ? i + 1 : 0; }

 private:
  // The shard is told by the first kShardBits of the key, the home by the next 32, the tag by the
  // last 8.
  static std::uint32_t home(const Hash128& key, std::uint32_t capacity);
  std::uint32_t home(const Hash128& key) const { return home(key, capacity_); }
  std::uint32_t distance(std::uint32_t from, std::uint32_t to) const {
    return to >= from ? to - from : to + capacity_ - from;
  }

  // A tag is 0 where the slot is empty. The first ones stand behind the last once more, so that
  // eight may be read from anywhere.
  static constexpr std::uint32_t kTagsAtOnce = 8;
  static constexpr std::uint64_t kEachByte = 0x0101010101010101;
  static std::uint64_t tag_of(const Hash128& key) {
    return std::max<std::uint64_t>(key.lo & 0xff, 1);
  }
  std::uint64_t tags_from(std::uint32_t i) const {
    std::uint64_t tags = 0;
    std::memcpy(&tags, tags_ + i, sizeof tags);
    return tags;
  }
  void set_tag(std::uint32_t i, std::uint64_t tag);
  // The top bit of each byte that is 0, and perhaps of some above the first: of a slot that holds
  // another key, or of an empty one, whose key is all zero.
  static constexpr std::uint64_t zero_bytes(std::uint64_t bytes) {
    return (bytes - kEachByte) & ~bytes & kEachByte << 7;
  }
  static std::uint32_t byte_of(std::uint64_t top_bits) {
    return static_cast<std::uint32_t>(std::countr_zero(top_bits)) / 8;
  }
  std::uint32_t wrapped(std::uint32_t i) const { return i < capacity_ ? i : i - capacity_; }

  using Slots = std::unique_ptr<CounterSlot[], FreeSlots>;
  Slots make_slots(std::uint32_t capacity) const;

  // What `prefetch` and `find` read comes first: it shares one cache line with the shard's lock.
  std::atomic<std::uintptr_t> hint_{0};
  std::atomic<std::uint32_t> hint_capacity_{0};
  std::uint32_t capacity_ = 0;
  std::uint8_t* tags_ = nullptr;
  Slots slots_;
  std::uint32_t used_ = 0;
  std::uint32_t hand_ = 0;
  std::pmr::memory_resource* memory_ = std::pmr::new_delete_resource();
};

inline constexpr int kShardBits = 10;

inline std::uint32_t CounterTable::home(const Hash128& key, std::uint32_t capacity) {
  return static_cast<std::uint32_t>(((key.hi << kShardBits >> 32) * capacity) >> 32);
}

}  // namespace doorward::ports
