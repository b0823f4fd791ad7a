// The cases of counter_store_contract.hpp. Included by one file of each test program that runs
// them.
#pragma once

#include "ports/contract/counter_store_contract.hpp"
#include "ports/contract/counter_store_lease_cases.hpp"
#include "ports/contract/counter_store_race_cases.hpp"

#include <algorithm>
#include <vector>

namespace doorward::ports {

TEST_P(CounterStoreContract, PassesUpToTheLimitAndAgainWhenTheWaitIsOver) {
  std::uint64_t key = 0;
  for (const auto algorithm : kAlgorithms) {
    SCOPED_TRACE(limit::to_string(algorithm));
    const auto quota = quota_of(algorithm, 5);
    ++key;
    EXPECT_EQ(passed(key, quota, 5, kStart), 5);
    const auto refused = store_.decide(hit(key, quota), kStart);
    EXPECT_FALSE(refused.allowed);
    EXPECT_EQ(refused.limit, 5U);
    EXPECT_EQ(refused.remaining, 0U);
    ASSERT_GT(refused.retry_after.count(), 0);
    EXPECT_FALSE(
        store_.decide(hit(key, quota), kStart + refused.retry_after - limit::Nanos{1}).allowed);
    EXPECT_TRUE(store_.decide(hit(key, quota), kStart + refused.retry_after).allowed);
  }
}

TEST_P(CounterStoreContract, KeysCountApart) {
  for (const auto algorithm : kAlgorithms) {
    SCOPED_TRACE(limit::to_string(algorithm));
    const auto quota = quota_of(algorithm, 2);
    const auto base = static_cast<std::uint64_t>(algorithm) * 1'000;
    for (std::uint64_t key = 0; key < 200; ++key)
      EXPECT_EQ(passed(base + key, quota, 3, kStart), 2);
  }
}

TEST_P(CounterStoreContract, ACostPassesWholeOrNotAtAll) {
  for (const auto algorithm : kAlgorithms) {
    SCOPED_TRACE(limit::to_string(algorithm));
    const auto quota = quota_of(algorithm, 10);
    const auto key = static_cast<std::uint64_t>(algorithm);
    EXPECT_TRUE(store_.decide(hit(key, quota, 7), kStart).allowed);
    EXPECT_FALSE(store_.decide(hit(key, quota, 4), kStart).allowed);
    EXPECT_EQ(left(key, quota, kStart), 3U);
    EXPECT_TRUE(store_.decide(hit(key, quota, 3), kStart).allowed);
    EXPECT_TRUE(store_.decide(hit(key, quota, 11), kStart).never_passes());
    EXPECT_TRUE(store_.decide(hit(key, quota, 0), kStart).allowed);
  }
}

TEST_P(CounterStoreContract, ABatchIsDecidedOneByOneInOrder) {
  std::vector<limit::CompiledQuota> quotas;
  for (const auto algorithm : kAlgorithms) quotas.push_back(quota_of(algorithm, 2));
  std::vector<Hit> hits;
  for (std::uint64_t i = 0; i < 300; ++i) hits.push_back(hit(i % 100, quotas[i % 100 % 6]));
  std::vector<limit::Decision> decisions(hits.size());
  store_.decide_each(hits, kStart, decisions);
  for (std::size_t i = 0; i < hits.size(); ++i) EXPECT_EQ(decisions[i].allowed, i < 200) << i;
  store_.decide_each({}, kStart, {});
}

TEST_P(CounterStoreContract, PeekAnswersAsDecideWouldAndChangesNothing) {
  for (const auto algorithm : kAlgorithms) {
    SCOPED_TRACE(limit::to_string(algorithm));
    const auto quota = quota_of(algorithm, 3);
    const auto key = static_cast<std::uint64_t>(algorithm);
    for (int i = 0; i < 5; ++i) {
      const auto peeked = store_.peek(hit(key, quota), kStart + limit::Nanos{i});
      EXPECT_EQ(store_.peek(hit(key, quota), kStart + limit::Nanos{i}), peeked);
      EXPECT_EQ(store_.decide(hit(key, quota), kStart + limit::Nanos{i}), peeked);
    }
  }
}

TEST_P(CounterStoreContract, AResetKeyIsAsIfNeverUsed) {
  for (const auto algorithm : kAlgorithms) {
    SCOPED_TRACE(limit::to_string(algorithm));
    const auto quota = quota_of(algorithm, 3);
    const auto key = static_cast<std::uint64_t>(algorithm);
    EXPECT_FALSE(store_.reset(counter_key(key)));
    EXPECT_EQ(passed(key, quota, 4, kStart), 3);
    EXPECT_TRUE(store_.reset(counter_key(key)));
    EXPECT_EQ(left(key, quota, kStart), 3U);
    EXPECT_EQ(passed(key, quota, 4, kStart), 3);
  }
}

TEST_P(CounterStoreContract, SeveralHitsCountTogetherOrNotAtAll) {
  // One of each algorithm with room, and a daily quota that admits two.
  std::vector<limit::CompiledQuota> quotas;
  for (const auto algorithm : kAlgorithms) quotas.push_back(quota_of(algorithm, 10));
  quotas.push_back(quota_of(limit::Algorithm::fixed_window, 2, kMinute * 1'440));
  for (int call = 0; call < 4; ++call) {
    std::vector<Hit> hits;
    for (std::size_t i = 0; i < quotas.size(); ++i) hits.push_back(hit(i, quotas[i]));
    std::vector<limit::Decision> decisions(hits.size());
    EXPECT_EQ(store_.decide(hits, kStart, decisions), call < 2);
    EXPECT_EQ(decisions.back().allowed, call < 2);
    for (std::size_t i = 0; i + 1 < quotas.size(); ++i) {
      EXPECT_TRUE(decisions[i].allowed);
      EXPECT_EQ(decisions[i].remaining, call < 2 ? 9U - static_cast<unsigned>(call) : 8U);
    }
  }
  for (std::size_t i = 0; i + 1 < quotas.size(); ++i) EXPECT_EQ(left(i, quotas[i], kStart), 8U);
}

TEST_P(CounterStoreContract, OfSeveralHitsOnlyTheRefusedOneThatSaysSoCountsARefusal) {
  const auto wide = quota_of(limit::Algorithm::fixed_window, 10);
  for (const auto algorithm : {limit::Algorithm::fixed_window, limit::Algorithm::sliding_log,
                               limit::Algorithm::sliding_counter, limit::Algorithm::token_bucket,
                               limit::Algorithm::gcra}) {
    SCOPED_TRACE(limit::to_string(algorithm));
    const limit::CompiledQuota strict{
        {.algorithm = algorithm, .limit = 4, .window = kMinute, .count_refused = true}};
    const auto key = 10 * static_cast<std::uint64_t>(algorithm);
    const std::array hits{hit(key, wide), hit(key + 1, strict, 3)};
    std::array<limit::Decision, 2> decisions;
    EXPECT_TRUE(store_.decide(hits, kStart, decisions));
    EXPECT_FALSE(store_.decide(hits, kStart, decisions));
    EXPECT_EQ(left(key, wide, kStart), 9U);
    EXPECT_EQ(left(key + 1, strict, kStart), 0U);
  }
}

TEST_P(CounterStoreContract, DecidesOverSixteenKeysAtOnce) {
  const auto quota = quota_of(limit::Algorithm::gcra, 1);
  std::vector<Hit> hits;
  for (std::uint64_t key = 0; key < CounterStore::kMaxHits; ++key) hits.push_back(hit(key, quota));
  std::vector<limit::Decision> decisions(hits.size());
  EXPECT_TRUE(store_.decide(hits, kStart, decisions));
  EXPECT_FALSE(store_.decide(hits, kStart, decisions));
  EXPECT_TRUE(std::ranges::none_of(decisions, &limit::Decision::allowed));
  EXPECT_TRUE(store_.decide(std::span<const Hit>{}, kStart, {}));
}

TEST_P(CounterStoreContract, AChargeNeverRefusesAndUsesUpAtMostTheRest) {
  for (const auto algorithm : kAlgorithms) {
    if (algorithm == limit::Algorithm::concurrency) continue;
    SCOPED_TRACE(limit::to_string(algorithm));
    const auto quota = quota_of(algorithm, 10);
    const auto key = static_cast<std::uint64_t>(algorithm);
    EXPECT_EQ(store_.charge(hit(key, quota, 4), kStart).remaining, 6U);
    EXPECT_EQ(store_.charge(hit(key, quota, 0), kStart).remaining, 6U);
    const auto all = store_.charge(hit(key, quota, 1'000'000), kStart);
    EXPECT_TRUE(all.allowed);
    EXPECT_EQ(all.remaining, 0U);
    EXPECT_FALSE(store_.decide(hit(key, quota), kStart).allowed);
    EXPECT_EQ(left(key, quota, kStart + 2 * kMinute), 10U);
  }
}

TEST_P(CounterStoreContract, AChangedQuotaGoesOnFromThePresentCount) {
  for (const auto algorithm : {limit::Algorithm::fixed_window, limit::Algorithm::sliding_log,
                               limit::Algorithm::sliding_counter, limit::Algorithm::concurrency}) {
    SCOPED_TRACE(limit::to_string(algorithm));
    const auto key = static_cast<std::uint64_t>(algorithm);
    EXPECT_EQ(passed(key, quota_of(algorithm, 10), 6, kStart), 6);
    EXPECT_EQ(left(key, quota_of(algorithm, 20), kStart), 14U);
    EXPECT_EQ(passed(key, quota_of(algorithm, 8), 5, kStart), 2);
    EXPECT_FALSE(store_.decide(hit(key, quota_of(algorithm, 3)), kStart).allowed);
  }
}

TEST_P(CounterStoreContract, AChangedBucketKeepsTheTimeAtWhichItWillBeFull) {
  for (const auto algorithm : {limit::Algorithm::token_bucket, limit::Algorithm::gcra}) {
    SCOPED_TRACE(limit::to_string(algorithm));
    const auto key = static_cast<std::uint64_t>(algorithm);
    EXPECT_EQ(passed(key, quota_of(algorithm, 7), 7, kStart), 7);
    EXPECT_EQ(left(key, quota_of(algorithm, 1'000'000), kStart), 0U);
    EXPECT_NEAR(static_cast<double>(left(key, quota_of(algorithm, 100), kStart + kMinute / 2)), 50,
                1);
  }
}

TEST_P(CounterStoreContract, UnderAnotherAlgorithmAKeyBeginsAfresh) {
  for (const auto before : kAlgorithms) {
    for (const auto after : kAlgorithms) {
      if (before == after) continue;
      SCOPED_TRACE(std::string(limit::to_string(before)) + " to " + limit::to_string(after));
      store_.reset(counter_key(1));
      EXPECT_EQ(passed(1, quota_of(before, 3), 4, kStart), 3);
      EXPECT_EQ(left(1, quota_of(after, 5), kStart), 5U);
      EXPECT_EQ(passed(1, quota_of(after, 5), 6, kStart), 5);
    }
  }
}

}  // namespace doorward::ports
