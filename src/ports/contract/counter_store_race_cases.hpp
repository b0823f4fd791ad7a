// The cases of counter_store_contract.hpp about callers that race.
#pragma once

#include "ports/contract/counter_store_contract.hpp"

#include <atomic>
#include <thread>
#include <vector>

namespace doorward::ports {

// Runs `call(thread, i)` from all threads at once and returns how often it was true.
template <class F>
int race(const CounterBench& bench, F call) {
  std::atomic<int> trues{0};
  std::atomic<bool> go{false};
  std::vector<std::thread> threads;
  for (int t = 0; t < bench.threads(); ++t) {
    threads.emplace_back([&, t] {
      while (!go.load()) std::this_thread::yield();
      int mine = 0;
      for (int i = 0; i < bench.calls(); ++i) mine += call(t, i) ? 1 : 0;
      trues += mine;
    });
  }
  go = true;
  for (auto& thread : threads) thread.join();
  return trues.load();
}

TEST_P(CounterStoreContract, RacingCallsOnOneKeyPassExactlyAsOftenAsTheLimitSays) {
  const int limit = bench_->threads() * bench_->calls() / 2;
  for (const auto algorithm : kAlgorithms) {
    SCOPED_TRACE(limit::to_string(algorithm));
    // Every call of a concurrency limit looks at all holders.
    const int most = algorithm == limit::Algorithm::concurrency ? 50 : limit;
    const auto quota = quota_of(algorithm, static_cast<std::uint64_t>(most));
    const auto key = counter_key(static_cast<std::uint64_t>(algorithm));
    const int passes = race(*bench_, [&](int t, int i) {
      const auto lease = static_cast<limit::LeaseId>(t * bench_->calls() + i + 1);
      return store_.decide({key, &quota, 1, lease}, kStart).allowed;
    });
    EXPECT_EQ(passes, most);
  }
}

TEST_P(CounterStoreContract, RacingCallsOverCrossedKeysPassExactlyAsOftenAsTheTightestSays) {
  const int limit = bench_->threads() * bench_->calls() / 2;
  const auto wide = quota_of(limit::Algorithm::gcra, 1'000'000);
  const auto tight = quota_of(limit::Algorithm::fixed_window, static_cast<std::uint64_t>(limit));
  const int passes = race(*bench_, [&](int t, int) {
    std::array hits{Hit{counter_key(1), &wide}, Hit{counter_key(2), &tight},
                    Hit{counter_key(3), &wide}};
    if (t % 2 == 0) std::swap(hits[0], hits[2]);
    std::array<limit::Decision, 3> decisions;
    return store_.decide(hits, kStart, decisions);
  });
  EXPECT_EQ(passes, limit);
  for (const std::uint64_t key : {1U, 3U}) {
    EXPECT_EQ(left(key, wide, kStart), 1'000'000U - static_cast<unsigned>(limit));
  }
}

TEST_P(CounterStoreContract, RacingHoldersNeverHoldMoreThanTheLimit) {
  const auto quota = quota_of(limit::Algorithm::concurrency, 3);
  std::atomic<int> inside{0};
  std::atomic<int> most{0};
  race(*bench_, [&](int t, int) {
    const Hit holder{counter_key(1), &quota, 1, static_cast<limit::LeaseId>(t + 1)};
    if (!store_.decide(holder, kStart).allowed) return false;
    const int now = ++inside;
    for (int seen = most.load(); seen < now && !most.compare_exchange_weak(seen, now);) {
    }
    --inside;
    return store_.release(holder, kStart);
  });
  EXPECT_LE(most.load(), 3);
  EXPECT_EQ(left(1, quota, kStart), 3U);
}

}  // namespace doorward::ports
