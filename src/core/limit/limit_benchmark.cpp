// What a decision costs: on one key, and on a million of them behind a hash table.
#include "base/mix.hpp"
#include "core/limit/decide.hpp"
#include "core/limit/leases.hpp"
#include "core/limit/sliding_log.hpp"

#include <benchmark/benchmark.h>
#include <boost/unordered/unordered_flat_map.hpp>

#include <cstdint>
#include <utility>

namespace doorward::limit {
namespace {

using namespace std::chrono_literals;

constexpr Time kNow{Nanos{1'800'000'000'000'000'000}};

CompiledQuota quota_of(Algorithm algorithm, std::uint64_t limit) {
  return CompiledQuota({algorithm, limit, 1s, 0, false});
}

// Most calls pass: 100,000 of a million a second.
void one_key(benchmark::State& run, Algorithm algorithm, std::uint64_t limit) {
  const CompiledQuota quota = quota_of(algorithm, limit);
  State state;
  Time now = kNow;
  for (auto _ : run) {
    now += 1us;
    benchmark::DoNotOptimize(decide(state, quota, now, 1));
  }
  run.SetItemsProcessed(run.iterations());
}
BENCHMARK_CAPTURE(one_key, fixed_window, Algorithm::fixed_window, 1'000'000);
BENCHMARK_CAPTURE(one_key, sliding_counter, Algorithm::sliding_counter, 1'000'000);
BENCHMARK_CAPTURE(one_key, token_bucket, Algorithm::token_bucket, 1'000'000);
BENCHMARK_CAPTURE(one_key, gcra, Algorithm::gcra, 1'000'000);
BENCHMARK_CAPTURE(one_key, token_bucket_refusing, Algorithm::token_bucket, 7);
BENCHMARK_CAPTURE(one_key, sliding_counter_refusing, Algorithm::sliding_counter, 7);

void many_keys(benchmark::State& run, Algorithm algorithm) {
  const CompiledQuota quota = quota_of(algorithm, 100);
  using Key = std::pair<std::uint64_t, std::uint64_t>;
  struct Hash {
    using is_avalanching = void;
    std::size_t operator()(const Key& key) const { return key.first; }
  };
  boost::unordered_flat_map<Key, State, Hash> states;
  const auto keys = static_cast<std::uint64_t>(run.range(0));
  const auto key = [](std::uint64_t i) { return Key{mix64(i), mix64(~i)}; };
  for (std::uint64_t i = 0; i < keys; ++i) states[key(i)];
  Time now = kNow;
  std::uint64_t at = 0;
  for (auto _ : run) {
    now += 100ns;
    State& state = states.find(key(mix64(++at) % keys))->second;
    benchmark::DoNotOptimize(decide(state, quota, now, 1));
  }
  run.SetItemsProcessed(run.iterations());
}
BENCHMARK_CAPTURE(many_keys, fixed_window, Algorithm::fixed_window)->Arg(1'000)->Arg(1'000'000);
BENCHMARK_CAPTURE(many_keys, sliding_counter, Algorithm::sliding_counter)
    ->Arg(1'000)
    ->Arg(1'000'000);
BENCHMARK_CAPTURE(many_keys, token_bucket, Algorithm::token_bucket)->Arg(1'000)->Arg(1'000'000);
BENCHMARK_CAPTURE(many_keys, gcra, Algorithm::gcra)->Arg(1'000)->Arg(1'000'000);

void sliding_log(benchmark::State& run) {
  const CompiledQuota quota = quota_of(Algorithm::sliding_log, 1'000);
  SlidingLog log;
  Time now = kNow;
  for (auto _ : run) {
    now += 500us;
    benchmark::DoNotOptimize(log.decide(quota, now, 1));
  }
  run.SetItemsProcessed(run.iterations());
}
BENCHMARK(sliding_log);

// So many are inside; one enters and leaves.
void leases(benchmark::State& run) {
  const auto inside = static_cast<std::uint64_t>(run.range(0));
  const CompiledQuota quota({Algorithm::concurrency, inside + 1, 24h, 0, false});
  Leases leases;
  for (LeaseId id = 1; id <= inside; ++id) leases.acquire(quota, kNow, id, 1);
  for (auto _ : run) {
    benchmark::DoNotOptimize(leases.acquire(quota, kNow, 0, 1));
    leases.release(quota, kNow, 0);
  }
  run.SetItemsProcessed(run.iterations());
}
BENCHMARK(leases)->Arg(10)->Arg(1'000);

}  // namespace
}  // namespace doorward::limit
