#include "ports/memory/memory_counter_store.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <mutex>

namespace doorward::ports {

using limit::Decision;
using limit::Time;

// The shards of several keys, locked in their order, so that two such calls cannot wait for each
// other.
class MemoryCounterStore::Locks {
 public:
  Locks(const MemoryCounterStore& store, std::span<const Hit> hits) {
    assert(hits.size() <= kMaxHits);
    for (const Hit& hit : hits) shards_[count_++] = &store.shard_of(hit.key);
    const auto end = shards_.begin() + count_;
    std::sort(shards_.begin(), end);
    count_ = std::unique(shards_.begin(), end) - shards_.begin();
    for (std::ptrdiff_t i = 0; i < count_; ++i) shards_[static_cast<std::size_t>(i)]->lock.lock();
  }
  ~Locks() {
    for (std::ptrdiff_t i = 0; i < count_; ++i) shards_[static_cast<std::size_t>(i)]->lock.unlock();
  }
  Locks(const Locks&) = delete;
  Locks& operator=(const Locks&) = delete;

 private:
  std::array<Shard*, kMaxHits> shards_;
  std::ptrdiff_t count_ = 0;
};

MemoryCounterStore::MemoryCounterStore(const MemoryCounterOptions& options)
    : budget_(std::max(options.max_bytes, kLeastBytes)),
      // Addresses cost nothing: twice the room, since blocks of many sizes leave gaps.
      memory_(2 * std::max(options.max_bytes, kLeastBytes)),
      shards_(std::make_unique<Shard[]>(kShards)) {
  const Tick retention = tick_of(Time{options.retention});
  for (std::size_t i = 0; i < kShards; ++i) shards_[i].counters.open(budget_, memory_, retention);
}

template <class F>
auto MemoryCounterStore::locked(const Hash128& key, F&& use) const {
  Shard& shard = shard_of(key);
  const std::lock_guard lock(shard.lock);
  return use(shard.counters);
}

Decision MemoryCounterStore::decide(const Hit& hit, Time now) {
  now = limit::bounded(now);
  if (limit::has_small_state(hit.quota->algorithm())) {
    Shard& shard = shard_of(hit.key);
    // While the lock is taken the slot is on its way.
    shard.counters.prefetch(hit.key);
    const std::lock_guard lock(shard.lock);
    return shard.counters.decide_small(hit, now);
  }
  const Decision d = locked(hit.key, [&](CounterShard& shard) { return shard.decide(hit, now); });
  keep_bound(now);
  return d;
}

bool MemoryCounterStore::decide(std::span<const Hit> hits, Time now,
                                std::span<Decision> decisions) {
  assert(decisions.size() == hits.size());
  now = limit::bounded(now);
  bool all = true;
  {
    const Locks locks(*this, hits);
    for (std::size_t i = 0; i < hits.size(); ++i) {
      decisions[i] = shard_of(hits[i].key).counters.check(hits[i], now);
      all = all && decisions[i].allowed;
    }
    for (std::size_t i = 0; i < hits.size(); ++i) {
      CounterShard& shard = shard_of(hits[i].key).counters;
      if (all || (!decisions[i].allowed && hits[i].quota->count_refused())) {
        decisions[i] = shard.decide(hits[i], now);
      } else if (decisions[i].allowed) {
        Hit nothing = hits[i];
        nothing.cost = 0;
        decisions[i] = shard.peek(nothing, now);
      }
    }
  }
  keep_bound(now);
  return all;
}

// With a million keys nearly all the time of a decision is spent waiting for its slot: a batch lets
// several be on their way at once.
void MemoryCounterStore::decide_each(std::span<const Hit> hits, Time now,
                                     std::span<Decision> decisions) {
  constexpr std::size_t kAhead = 8;
  const auto prefetch = [&](std::size_t i) {
    if (i < hits.size()) shard_of(hits[i].key).counters.prefetch(hits[i].key);
  };
  for (std::size_t i = 0; i < kAhead; ++i) prefetch(i);
  for (std::size_t i = 0; i < hits.size(); ++i) {
    prefetch(i + kAhead);
    decisions[i] = MemoryCounterStore::decide(hits[i], now);
  }
}

Decision MemoryCounterStore::peek(const Hit& hit, Time now) const {
  return locked(hit.key, [&](CounterShard& shard) { return shard.peek(hit, limit::bounded(now)); });
}

Decision MemoryCounterStore::charge(const Hit& hit, Time now) {
  now = limit::bounded(now);
  const Decision d = locked(hit.key, [&](CounterShard& shard) { return shard.charge(hit, now); });
  keep_bound(now);
  return d;
}

bool MemoryCounterStore::reset(const Hash128& key) {
  return locked(key, [&](CounterShard& shard) { return shard.reset(key); });
}

bool MemoryCounterStore::renew(const Hit& hit, Time now) {
  return locked(hit.key,
                [&](CounterShard& shard) { return shard.renew(hit, limit::bounded(now)); });
}

bool MemoryCounterStore::release(const Hit& hit, Time now) {
  return locked(hit.key,
                [&](CounterShard& shard) { return shard.release(hit, limit::bounded(now)); });
}

// A bounded number of shards at a time: what is left over is for the next call to forget.
void MemoryCounterStore::keep_bound(Time now) {
  constexpr int kLooks = 64;
  for (int look = 0; look < kLooks && budget_.over(); ++look) {
    Shard& shard = shards_[relief_hand_.fetch_add(1, std::memory_order_relaxed) % kShards];
    const std::lock_guard lock(shard.lock);
    shard.counters.forget_large(now);
  }
}

CounterStats MemoryCounterStore::stats() const {
  CounterStats stats;
  stats.bytes = static_cast<std::uint64_t>(budget_.taken());
  for (std::size_t i = 0; i < kShards; ++i) {
    const std::lock_guard lock(shards_[i].lock);
    shards_[i].counters.add_to(stats);
  }
  return stats;
}

void MemoryCounterStore::clean(Time now, std::size_t shards) {
  for (; shards > 0; --shards) {
    Shard& shard = shards_[clean_hand_.fetch_add(1, std::memory_order_relaxed) % kShards];
    const std::lock_guard lock(shard.lock);
    shard.counters.clean(now);
  }
}

std::uint32_t MemoryCounterStore::write(std::size_t shard, ByteWriter& out, Time now) const {
  const std::lock_guard lock(shards_[shard].lock);
  return shards_[shard].counters.write(out, now);
}

bool MemoryCounterStore::read(ByteReader& in, std::uint32_t count, Time now) {
  for (; count > 0 && in.ok(); --count) {
    Hash128 key;
    key.hi = in.u64();
    key.lo = in.u64();
    if (!in.ok()) return false;
    locked(key, [&](CounterShard& shard) { shard.read_one(key, in, now); });
    keep_bound(now);
  }
  return in.ok();
}

void MemoryCounterStore::clear() {
  for (std::size_t i = 0; i < kShards; ++i) {
    const std::lock_guard lock(shards_[i].lock);
    shards_[i].counters.clear();
  }
}

}  // namespace doorward::ports
