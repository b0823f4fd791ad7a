#include "ports/memory/memory_counter_store.hpp"

#include "ports/contract/counter_store_cases.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <thread>
#include <vector>

namespace doorward::ports {
namespace {

class MemoryBench final : public CounterBench {
 public:
  CounterStore& store() override { return store_; }

 private:
  MemoryCounterStore store_;
};

std::unique_ptr<CounterBench> make_bench() { return std::make_unique<MemoryBench>(); }

INSTANTIATE_TEST_SUITE_P(Memory, CounterStoreContract, testing::Values(make_bench));

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || !defined(__OPTIMIZE__)
constexpr int kScale = 50;
#else
constexpr int kScale = 1;
#endif

// Runs `call(i)` once for each i below `calls`, shared by 64 threads; returns how often it was
// true.
template <class F>
int with_64_threads(int calls, F call) {
  std::atomic<int> next{0};
  std::atomic<int> trues{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 64; ++t) {
    threads.emplace_back([&] {
      int mine = 0;
      for (int i = next++; i < calls; i = next++) mine += call(i) ? 1 : 0;
      trues += mine;
    });
  }
  for (auto& thread : threads) thread.join();
  return trues.load();
}

TEST(MemoryCounterStore, SixtyFourThreadsOnOneKeyPassExactlyTheLimit) {
  const int calls = 600'000 / kScale;
  for (const auto algorithm : kAlgorithms) {
    if (algorithm == limit::Algorithm::concurrency) continue;
    SCOPED_TRACE(limit::to_string(algorithm));
    MemoryCounterStore store;
    const int most = std::min(calls / 2, 100'000);
    const auto quota = quota_of(algorithm, static_cast<std::uint64_t>(most));
    const auto passes = with_64_threads(calls, [&](int) {
      return store.decide(Hit{counter_key(1), &quota}, kStart).allowed;
    });
    EXPECT_EQ(passes, most);
  }
}

TEST(MemoryCounterStore, SixtyFourThreadsOnAMillionKeysPassExactlyTheLimitOfEach) {
  const int keys = 1'000'000 / kScale;
  std::vector<Hash128> key;
  for (int i = 0; i < keys; ++i) key.push_back(counter_key(static_cast<std::uint64_t>(i)));
  for (const auto algorithm : {limit::Algorithm::fixed_window, limit::Algorithm::sliding_counter,
                               limit::Algorithm::token_bucket, limit::Algorithm::gcra}) {
    SCOPED_TRACE(limit::to_string(algorithm));
    MemoryCounterStore store;
    const auto quota = quota_of(algorithm, 2);
    const auto passes = with_64_threads(3 * keys, [&](int i) {
      const Hit hit{key[static_cast<std::size_t>(i % keys)], &quota};
      return store.decide(hit, kStart).allowed;
    });
    EXPECT_EQ(passes, 2 * keys);
    EXPECT_EQ(store.stats().keys, static_cast<std::uint64_t>(keys));
    EXPECT_EQ(store.stats().forgotten_live, 0U);
  }
}

TEST(MemoryCounterStore, RacesOfSavingCleaningAndDecidingLoseNothing) {
  MemoryCounterStore store;
  const auto quota = quota_of(limit::Algorithm::gcra, 1'000'000);
  std::atomic<bool> stop{false};
  std::thread keeper([&] {
    ByteWriter out;
    while (!stop) {
      store.clean(kStart, 64);
      for (std::size_t shard = 0; shard < MemoryCounterStore::kShards; shard += 16) {
        store.write(shard, out, kStart);
      }
      out.clear();
      EXPECT_EQ(store.stats().expired, 0U);
    }
  });
  const int calls = 400'000 / kScale;
  with_64_threads(calls, [&](int i) {
    return store.decide(Hit{counter_key(static_cast<std::uint64_t>(i) % 100), &quota}, kStart)
        .allowed;
  });
  stop = true;
  keeper.join();
  std::uint64_t used = 0;
  for (std::uint64_t n = 0; n < 100; ++n) {
    used += 1'000'000 - store.peek(Hit{counter_key(n), &quota, 0}, kStart).remaining;
  }
  EXPECT_EQ(used, static_cast<std::uint64_t>(calls));
}

TEST(MemoryCounterStore, LeasesOfAnOldFileArePassedOver) {
  ByteWriter out;
  for (const std::uint8_t holders : {0, 2}) {
    out.u64(0);  // the key
    out.u64(holders);
    out.u8(static_cast<std::uint8_t>(limit::Algorithm::concurrency));
    out.u8(1);
    out.u32(UINT32_MAX - 1);  // as good as fresh
    out.u32(0);
    out.varint(holders);
    for (int i = 0; i < holders; ++i) {
      out.u64(7);
      out.i64(kStart.time_since_epoch().count());
      out.varint(1);
    }
  }
  MemoryCounterStore store;
  ByteReader in(out.view());
  EXPECT_TRUE(store.read(in, 2, kStart));
  EXPECT_TRUE(in.finished());
  EXPECT_EQ(store.stats().keys, 0U);
  ByteReader torn(out.view().substr(0, out.size() - 1));
  EXPECT_FALSE(store.read(torn, 2, kStart));
}

TEST(MemoryCounterStore, ARefusedHitOnAFreshKeyLeavesNothing) {
  MemoryCounterStore store;
  for (const auto algorithm : kAlgorithms) {
    const auto quota = quota_of(algorithm, 5);
    EXPECT_TRUE(store.decide(Hit{counter_key(1), &quota, 6}, kStart).never_passes());
    EXPECT_TRUE(store.decide(Hit{counter_key(1), &quota, 0}, kStart).allowed);
    store.peek(Hit{counter_key(1), &quota}, kStart);
  }
  EXPECT_EQ(store.stats().keys, 0U);
}

}  // namespace
}  // namespace doorward::ports
