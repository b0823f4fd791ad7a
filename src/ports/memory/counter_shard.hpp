// The counters of one shard: what the calls of the port mean, without locks.
//
// Why:       a key keeps its state as it is for the next call, whatever its quota is by then; with
//            another algorithm it begins afresh.
// Threads:   single-owner; the store's lock guards it. The budget is shared.
// Bounds:    an insertion looks at two slots and erases what is as good as fresh. Where there is no
//            room it looks at 64; then the table grows, and if it may not, the one of 64 goes that
//            is nearest to fresh. A key's state of varying size (sliding log, concurrency) lies
//            beside the table and is counted in the budget.
#pragma once

#include "base/bytes.hpp"
#include "core/limit/decide.hpp"
#include "core/limit/sliding_log.hpp"
#include "ports/counter_store.hpp"
#include "ports/memory/counter_table.hpp"

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace doorward::ports {

class CounterShard {
 public:
  // Takes the least of memory at once, so that there is always room for some keys.
  void open(CounterBudget& budget, std::pmr::memory_resource& memory, Tick retention);

  limit::Decision decide(const Hit& hit, limit::Time now);
  // The same for algorithms with small state.
  [[gnu::always_inline]] limit::Decision decide_small(const Hit& hit, limit::Time now) {
    CounterSlot* slot = find(hit);
    return slot == nullptr ? decide_new(hit, now) : decide_known(*slot, hit, now);
  }
  void prefetch(const Hash128& key) const { table_.prefetch(key); }  // needs no lock
  limit::Decision peek(const Hit& hit, limit::Time now);
  // What `decide` would answer; a lease that is held already is renewed by it.
  limit::Decision check(const Hit& hit, limit::Time now);
  limit::Decision charge(const Hit& hit, limit::Time now);
  bool reset(const Hash128& key);
  bool renew(const Hit& hit, limit::Time now);
  bool release(const Hit& hit, limit::Time now);

  // Forgets all that is as good as fresh, and gives memory back where much is free.
  void clean(limit::Time now);
  // Forgets the log or lease that is nearest to fresh, of a few looked at. False if there is none.
  bool forget_large(limit::Time now);
  void clear();
  void add_to(CounterStats& stats) const;

  // All lasting counters that are not fresh at `now`, see docs/storage.md; how many it wrote.
  std::uint32_t write(ByteWriter& out, limit::Time now) const;
  // One counter as `write` wrote it; what is not new or not well-formed fails the reader.
  void read_one(const Hash128& key, ByteReader& in, limit::Time now);

 private:
  struct Large {
    Hash128 key;
    limit::SlidingLog log;
    limit::Leases leases;
    bool in_use = false;

    std::int64_t heap_bytes() const {
      return static_cast<std::int64_t>(log.memory_bytes() + leases.memory_bytes());
    }
  };

  // The slot of the hit's key; null if there is none of the quota's algorithm.
  CounterSlot* find(const Hit& hit) {
    CounterSlot* slot = table_.find(hit.key);
    const auto algorithm = static_cast<std::uint8_t>(hit.quota->algorithm());
    return slot != nullptr && slot->algorithm == algorithm ? slot : nullptr;
  }
  [[gnu::always_inline]] static limit::Decision decide_known(CounterSlot& slot, const Hit& hit,
                                                             limit::Time now) {
    const limit::Decision d = limit::decide(slot.state, *hit.quota, now, hit.cost);
    // What else is kept of a slot is rough, and done once a tick.
    const std::int64_t idle = ((now + d.reset).time_since_epoch().count() >> kTickBits) + 1;
    if (idle != slot.idle) [[unlikely]]
      describe(slot, *hit.quota, tick_of(now + d.reset) + 1);
    return d;
  }
  static void describe(CounterSlot& slot, const limit::CompiledQuota& quota, Tick idle);
  Large* find_large(const Hit& hit);
  CounterSlot& insert(const Hash128& key, limit::Algorithm algorithm, Tick now);
  std::uint32_t take_large(const Hash128& key);
  void make_room(Tick now);
  void sweep(std::uint32_t slots, Tick now);
  void forget_nearest_to_fresh(Tick now);
  // What is forgotten first has the least.
  static std::pair<std::uint32_t, Tick> rank(const CounterSlot& slot, Tick now);
  void forget(CounterSlot& slot, Tick now);
  void erase(CounterSlot& slot);
  bool resize(std::uint32_t capacity);

  // Of small state, and a key that is not there.
  limit::Decision decide_new(const Hit& hit, limit::Time now);
  limit::Decision decide_large(const Hit& hit, limit::Time now);
  void settle_large(CounterSlot& slot, const Hit& hit, limit::Time now);

  CounterTable table_;
  CounterBudget* budget_ = nullptr;
  Tick retention_ = 0;
  std::vector<Large> large_;
  std::vector<std::uint32_t> free_large_;
  std::uint32_t large_hand_ = 0;
  std::uint64_t expired_ = 0;
  std::uint64_t forgotten_live_ = 0;
};

}  // namespace doorward::ports
