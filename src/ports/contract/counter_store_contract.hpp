// What every counter store must do, as one GoogleTest suite that each implementation runs.
//
// Why:     the rules rely on these sentences and on nothing else about a store.
// Use:     implement CounterBench and INSTANTIATE_TEST_SUITE_P(Name, CounterStoreContract,
//          Values(make_bench)). A store that answers later is wrapped so that each call waits.
#pragma once

#include "ports/counter_store.hpp"

#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <memory>
#include <string>

namespace doorward::ports {

// One store under test; a fresh, empty one for every test. All times lie after 2023.
class CounterBench {
 public:
  virtual ~CounterBench() = default;
  virtual CounterStore& store() = 0;
  // How many threads and how many calls of each a race of this store takes.
  virtual int threads() const { return 8; }
  virtual int calls() const { return 2'000; }
};

using MakeCounterBench = std::unique_ptr<CounterBench> (*)();

inline constexpr limit::Nanos kSecond{std::chrono::seconds{1}};
inline constexpr limit::Nanos kMinute{std::chrono::minutes{1}};
// The beginning of a minute.
inline constexpr limit::Time kStart{kMinute * 28'333'333};

inline constexpr std::array kAlgorithms{
    limit::Algorithm::fixed_window,
    limit::Algorithm::sliding_log,
    limit::Algorithm::sliding_counter,
    limit::Algorithm::token_bucket,
    limit::Algorithm::gcra,
    limit::Algorithm::concurrency,
};

inline Hash128 counter_key(std::uint64_t n) { return siphash128(SipKey{1, 2}, std::to_string(n)); }

inline limit::CompiledQuota quota_of(limit::Algorithm algorithm, std::uint64_t limit,
                                     limit::Nanos window = kMinute) {
  return limit::CompiledQuota{{.algorithm = algorithm, .limit = limit, .window = window}};
}

class CounterStoreContract : public testing::TestWithParam<MakeCounterBench> {
 protected:
  std::unique_ptr<CounterBench> bench_ = GetParam()();
  CounterStore& store_ = bench_->store();
  limit::LeaseId last_lease_ = 0;

  // Concurrency: under a new lease each time.
  Hit hit(std::uint64_t key, const limit::CompiledQuota& quota, std::uint64_t cost = 1) {
    return {counter_key(key), &quota, cost, ++last_lease_};
  }
  // How many of `calls` pass.
  int passed(std::uint64_t key, const limit::CompiledQuota& quota, int calls, limit::Time now) {
    int passes = 0;
    for (int i = 0; i < calls; ++i) passes += store_.decide(hit(key, quota), now).allowed ? 1 : 0;
    return passes;
  }
  std::uint64_t left(std::uint64_t key, const limit::CompiledQuota& quota, limit::Time now) {
    return store_.peek(hit(key, quota, 0), now).remaining;
  }
};

}  // namespace doorward::ports
