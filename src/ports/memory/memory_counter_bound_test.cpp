// What a store in memory forgets, when, and how much memory it takes.
#include "ports/contract/counter_store_contract.hpp"
#include "ports/memory/memory_counter_store.hpp"

#include <gtest/gtest.h>

#include <cstdint>

namespace doorward::ports {
namespace {

constexpr std::size_t kMegabyte = std::size_t{1} << 20;

void hit(MemoryCounterStore& store, std::uint64_t key, const limit::CompiledQuota& quota,
         limit::Time now, std::uint64_t cost = 1) {
  store.decide(Hit{counter_key(key), &quota, cost, key + 1}, now);
}

TEST(MemoryCounterBound, AFloodOfKeysStaysWithinTheBound) {
  for (const auto algorithm : kAlgorithms) {
    SCOPED_TRACE(limit::to_string(algorithm));
    MemoryCounterStore store({.max_bytes = 2 * kMegabyte});
    const auto quota = quota_of(algorithm, 10);
    std::uint64_t most = 0;
    for (std::uint64_t key = 0; key < 100'000; ++key) {
      hit(store, key, quota, kStart);
      if (key % 1'000 == 0) most = std::max(most, store.stats().bytes);
    }
    EXPECT_LE(most, 2 * kMegabyte);
    const auto stats = store.stats();
    EXPECT_GE(stats.keys, 7'000U);
    EXPECT_EQ(stats.keys + stats.forgotten_live, 100'000U);
    EXPECT_EQ(stats.expired, 0U);
  }
}

TEST(MemoryCounterBound, LongLogsStayWithinTheBound) {
  MemoryCounterStore store({.max_bytes = kMegabyte});
  const auto quota = quota_of(limit::Algorithm::sliding_log, 10'000);
  for (int i = 0; i < 200'000; ++i) {
    hit(store, static_cast<std::uint64_t>(i % 50), quota, kStart + limit::Nanos{i});
    if (i % 100 == 0) {
      ASSERT_LE(store.stats().bytes, kMegabyte);
    }
  }
  EXPECT_GT(store.stats().forgotten_live, 0U);
}

TEST(MemoryCounterBound, AFloodOfKeysLeavesRoomForLogs) {
  MemoryCounterStore store({.max_bytes = kMegabyte});
  const auto small = quota_of(limit::Algorithm::gcra, 10);
  for (std::uint64_t key = 0; key < 50'000; ++key) hit(store, key, small, kStart);
  const auto log = quota_of(limit::Algorithm::sliding_log, 1'000);
  for (int i = 0; i < 1'000; ++i) hit(store, 1'000'000, log, kStart + limit::Nanos{i});
  EXPECT_EQ(store.peek(Hit{counter_key(1'000'000), &log}, kStart + limit::Nanos{1'000}).remaining,
            0U);
}

TEST(MemoryCounterBound, WhatIsAsGoodAsFreshGoesFirstAndIsNotCountedAsLive) {
  MemoryCounterStore store({.max_bytes = 9 * kMegabyte});
  const auto brief = quota_of(limit::Algorithm::gcra, 10, kSecond);
  const auto day = quota_of(limit::Algorithm::fixed_window, 10, 1'440 * kMinute);
  for (std::uint64_t key = 0; key < 60'000; ++key) hit(store, key, day, kStart, 10);
  for (std::uint64_t key = 60'000; key < 100'000; ++key) hit(store, key, brief, kStart);
  const auto later = kStart + kMinute;
  for (std::uint64_t key = 100'000; key < 140'000; ++key) hit(store, key, day, later);
  EXPECT_EQ(store.stats().forgotten_live, 0U);
  EXPECT_EQ(store.stats().keys + store.stats().expired, 140'000U);
  for (std::uint64_t key = 0; key < 60'000; ++key) {
    ASSERT_FALSE(store.peek(Hit{counter_key(key), &day}, later).allowed) << key;
  }
}

// Of 64 slots looked at one goes, so that a key near to its limit goes only if all of them are so.
void expect_full_keys_outlive_a_flood(limit::Algorithm algorithm) {
  SCOPED_TRACE(limit::to_string(algorithm));
  MemoryCounterStore store({.max_bytes = 2 * kMegabyte});
  const auto quota = quota_of(algorithm, 100, 1'440 * kMinute);
  for (std::uint64_t key = 0; key < 4'000; ++key) hit(store, key, quota, kStart, 100);
  for (std::uint64_t key = 4'000; key < 200'000; ++key) hit(store, key, quota, kStart);
  std::uint64_t kept = 0;
  for (std::uint64_t key = 0; key < 4'000; ++key) {
    kept += store.peek(Hit{counter_key(key), &quota}, kStart).allowed ? 0 : 1;
  }
  EXPECT_GE(kept, 3'990U);
  EXPECT_GT(store.stats().forgotten_live, 100'000U);
}

TEST(MemoryCounterBound, KeysAtTheirLimitOutliveAFloodOfNewOnes) {
  expect_full_keys_outlive_a_flood(limit::Algorithm::fixed_window);
  expect_full_keys_outlive_a_flood(limit::Algorithm::sliding_counter);
  expect_full_keys_outlive_a_flood(limit::Algorithm::token_bucket);
  expect_full_keys_outlive_a_flood(limit::Algorithm::gcra);
}

TEST(MemoryCounterBound, IdleKeysGoAsNewOnesComeWithoutBeingAsked) {
  MemoryCounterStore store;
  const auto quota = quota_of(limit::Algorithm::gcra, 10, kSecond);
  limit::Time now = kStart;
  for (std::uint64_t round = 0; round < 20; ++round, now += 5 * kSecond) {
    for (std::uint64_t key = 0; key < 50'000; ++key) hit(store, round * 50'000 + key, quota, now);
  }
  EXPECT_LE(store.stats().keys, 150'000U);
  EXPECT_GE(store.stats().expired, 850'000U);
}

TEST(MemoryCounterBound, CleaningForgetsIdleKeysAndGivesTheirMemoryBack) {
  for (const auto algorithm : kAlgorithms) {
    SCOPED_TRACE(limit::to_string(algorithm));
    MemoryCounterStore store;
    const auto empty = store.stats().bytes;
    const auto brief = quota_of(algorithm, 10);
    const auto day = quota_of(algorithm, 10, 1'440 * kMinute);
    for (std::uint64_t key = 0; key < 100'000; ++key)
      hit(store, key, key % 100 == 0 ? day : brief, kStart);
    const auto full = store.stats().bytes;
    store.clean(kStart + kMinute / 2);
    EXPECT_EQ(store.stats().keys, is_bucket(algorithm) ? 1'000U : 100'000U);
    store.clean(kStart + 3 * kMinute);
    EXPECT_LE(store.stats().keys, 1'000U);
    EXPECT_LE(store.stats().bytes, empty + full / 4);
    const auto later = kStart + 3 * kMinute;
    EXPECT_EQ(store.peek(Hit{counter_key(0), &day, 0}, later).remaining, 9U);
  }
}

TEST(MemoryCounterBound, IdleKeysAreKeptForTheRetention) {
  MemoryCounterStore store({.retention = 10 * kMinute});
  const auto quota = quota_of(limit::Algorithm::gcra, 10, kSecond);
  for (std::uint64_t key = 0; key < 1'000; ++key) hit(store, key, quota, kStart);
  store.clean(kStart + 9 * kMinute);
  EXPECT_EQ(store.stats().keys, 1'000U);
  store.clean(kStart + 11 * kMinute);
  EXPECT_EQ(store.stats().keys, 0U);
  EXPECT_EQ(store.stats().expired, 1'000U);
}

TEST(MemoryCounterBound, AKeyTakesAtMost64BytesBesidesItself) {
  MemoryCounterStore store;
  const auto quota = quota_of(limit::Algorithm::token_bucket, 10);
  double worst = 0;
  for (std::uint64_t key = 0; key < 1'000'000; ++key) {
    hit(store, key, quota, kStart);
    if (key < 100'000 || key % 20'000 != 0) continue;
    const auto stats = store.stats();
    worst = std::max(worst, static_cast<double>(stats.bytes) / static_cast<double>(stats.keys));
  }
  EXPECT_LE(worst - sizeof(Hash128), 64);
}

}  // namespace
}  // namespace doorward::ports
