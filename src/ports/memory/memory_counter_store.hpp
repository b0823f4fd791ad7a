// The counters of all limits in this process's memory.
//
// Why:       it stands here and not in adapters since it does no I/O, and the tests of all layers
//            need it. Saving to a file is adapters/posix/counter_file.hpp.
// Time:      forgets by `now` of the calls and of `clean`. A clock put back only keeps keys longer.
// Threads:   thread-safe: 1,024 shards, each with a lock that is held for well under a microsecond,
//            at worst for the growth of one shard (tens of microseconds with five million keys). A
//            decision over several keys takes their shards' locks in order.
// Bounds:    `max_bytes`, at least kLeastBytes: tables take at most three quarters, logs and leases
//            the rest and what tables leave. One call may pass the bound by its own log's growth
//            and then forgets logs elsewhere until it is kept. What goes first: counter_shard.hpp.
#pragma once

#include "ports/counter_store.hpp"
#include "ports/memory/counter_budget.hpp"
#include "ports/memory/counter_shard.hpp"
#include "ports/memory/huge_pages.hpp"
#include "ports/memory/spin_lock.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>

namespace doorward::ports {

struct MemoryCounterOptions {
  std::size_t max_bytes = std::size_t{256} << 20;
  // How long a key is kept once it is as good as fresh: only to be seen in the count of keys.
  limit::Nanos retention{0};
};

class MemoryCounterStore final : public CounterStore {
 public:
  static constexpr std::size_t kShards = std::size_t{1} << kShardBits;
  static constexpr std::size_t kLeastBytes = std::size_t{1} << 20;

  explicit MemoryCounterStore(const MemoryCounterOptions& options = {});

  limit::Decision decide(const Hit& hit, limit::Time now) override;
  bool decide(std::span<const Hit> hits, limit::Time now,
              std::span<limit::Decision> decisions) override;
  void decide_each(std::span<const Hit> hits, limit::Time now,
                   std::span<limit::Decision> decisions) override;
  limit::Decision peek(const Hit& hit, limit::Time now) const override;
  limit::Decision charge(const Hit& hit, limit::Time now) override;
  bool reset(const Hash128& key) override;
  bool renew(const Hit& hit, limit::Time now) override;
  bool release(const Hit& hit, limit::Time now) override;
  CounterStats stats() const override;

  // Forgets what is as good as fresh, and gives memory back. Each call looks at the next `shards`:
  // for a timer that is due every (clean-up interval / kShards * shards).
  void clean(limit::Time now, std::size_t shards = kShards);

  // For saving, shard by shard: appends the shard's lasting counters (of quotas whose window or
  // whole refill takes 60 s or longer) and returns how many.
  std::uint32_t write(std::size_t shard, ByteWriter& out, limit::Time now) const;
  // Puts back `count` counters, of any shards, that `write` wrote; those that meanwhile are as good
  // as fresh are left out. False, with some of them kept, if the bytes are false.
  bool read(ByteReader& in, std::uint32_t count, limit::Time now);
  void clear();

 private:
  struct alignas(64) Shard {
    mutable SpinLock lock;
    CounterShard counters;
  };
  class Locks;

  Shard& shard_of(const Hash128& key) const { return shards_[key.hi >> (64 - kShardBits)]; }
  template <class F>
  auto locked(const Hash128& key, F&& use) const;
  void keep_bound(limit::Time now);

  CounterBudget budget_;
  HugePages memory_;  // of the tables
  std::unique_ptr<Shard[]> shards_;
  std::atomic<std::size_t> clean_hand_{0};
  std::atomic<std::size_t> relief_hand_{0};
};

}  // namespace doorward::ports
