// Decisions per second of one core, for every algorithm, and bytes per key; bench/limits.py sets
// them beside throttlecrab, which does the same work: 10 a second and at once, every key seen each
// 50 ms. Keys are read in the order in which they lie, as a request's key is at hand when it is
// asked for, but were filled in another order, so that their places in the store are not.

#include "ports/memory/memory_counter_store.hpp"

#include <benchmark/benchmark.h>

#include <cstdint>
#include <fstream>
#include <string>
#include <vector>

#include <unistd.h>

namespace doorward::ports {
namespace {

constexpr limit::Nanos kRound{std::chrono::milliseconds{50}};
constexpr SipKey kSecret{0x0123456789abcdef, 0xfedcba9876543210};

double resident_bytes() {
  double pages = 0;
  std::ifstream file("/proc/self/statm");
  file >> pages >> pages;
  return pages * static_cast<double>(sysconf(_SC_PAGESIZE));
}

// The order in which keys are seen, and when.
class Calls {
 public:
  explicit Calls(std::size_t keys, std::size_t stride = 1)
      : keys_(keys), stride_(stride % keys), step_(kRound / static_cast<std::int64_t>(keys)) {}
  std::size_t next() {
    now_ += step_;
    at_ += stride_;
    if (at_ >= keys_) at_ -= keys_;
    return at_;
  }
  limit::Time now() const { return now_; }

 private:
  std::size_t keys_;
  std::size_t stride_;
  limit::Nanos step_;
  std::size_t at_ = 0;
  limit::Time now_{std::chrono::seconds{1'700'000'000}};
};

struct Setup {
  Setup(limit::Algorithm algorithm, std::size_t count)
      : quota({.algorithm = algorithm, .limit = 10, .window = std::chrono::seconds{1}}),
        calls(count) {
    for (std::size_t i = 0; i < count; ++i) names.push_back("key:" + std::to_string(i));
    for (const auto& name : names) keys.push_back(siphash128(kSecret, name));
    const double before = resident_bytes();
    Calls fill(count, 611'953);
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t k = fill.next();
      store.decide(Hit{keys[k], &quota, 1, k + 1}, calls.now());
    }
    resident = resident_bytes() - before;
  }
  void report(benchmark::State& state, std::uint64_t allowed) const {
    const auto stats = store.stats();
    const auto count = static_cast<double>(stats.keys);
    state.SetItemsProcessed(state.iterations());
    state.counters["bytes_per_key"] = static_cast<double>(stats.bytes) / count;
    state.counters["resident_per_key"] = resident / count;
    state.counters["allowed"] =
        static_cast<double>(allowed) / static_cast<double>(state.iterations());
  }

  limit::CompiledQuota quota;
  Calls calls;
  std::vector<std::string> names;
  std::vector<Hash128> keys;
  MemoryCounterStore store{{.max_bytes = std::size_t{1} << 30}};
  double resident = 0;
};

// With the key's hash at hand.
void BM_Decide(benchmark::State& state, limit::Algorithm algorithm) {
  Setup setup(algorithm, static_cast<std::size_t>(state.range(0)));
  std::uint64_t allowed = 0;
  CounterStore& store = setup.store;
  for (auto _ : state) {
    const Hit hit{setup.keys[setup.calls.next()], &setup.quota};
    allowed += store.decide(hit, setup.calls.now()).allowed ? 1 : 0;
  }
  setup.report(state, allowed);
}

// In batches of 64, as the check of many keys by one call and a pipeline of commands do.
void BM_DecideEach(benchmark::State& state, limit::Algorithm algorithm) {
  constexpr std::int64_t kBatch = 64;
  Setup setup(algorithm, static_cast<std::size_t>(state.range(0)));
  std::uint64_t allowed = 0;
  CounterStore& store = setup.store;
  std::vector<Hit> hits(kBatch);
  std::vector<limit::Decision> decisions(kBatch);
  while (state.KeepRunningBatch(kBatch)) {
    for (Hit& hit : hits) hit = {setup.keys[setup.calls.next()], &setup.quota};
    store.decide_each(hits, setup.calls.now(), decisions);
    for (const auto& d : decisions) allowed += d.allowed ? 1 : 0;
  }
  setup.report(state, allowed);
}

// From the key's text, as throttlecrab takes it.
void BM_HashAndDecide(benchmark::State& state, limit::Algorithm algorithm) {
  Setup setup(algorithm, static_cast<std::size_t>(state.range(0)));
  std::uint64_t allowed = 0;
  CounterStore& store = setup.store;
  for (auto _ : state) {
    const Hit hit{siphash128(kSecret, setup.names[setup.calls.next()]), &setup.quota};
    allowed += store.decide(hit, setup.calls.now()).allowed ? 1 : 0;
  }
  setup.report(state, allowed);
}

// A slot taken and given back.
void BM_HoldAndRelease(benchmark::State& state) {
  Setup setup(limit::Algorithm::concurrency, static_cast<std::size_t>(state.range(0)));
  std::uint64_t allowed = 0;
  CounterStore& store = setup.store;
  limit::LeaseId lease = std::uint64_t{1} << 40;
  for (auto _ : state) {
    const Hit hit{setup.keys[setup.calls.next()], &setup.quota, 1, ++lease};
    allowed += store.decide(hit, setup.calls.now()).allowed ? 1 : 0;
    store.release(hit, setup.calls.now());
  }
  setup.report(state, allowed);
}

// A minute and a day on one rule.
void BM_DecideBothOfTwo(benchmark::State& state) {
  Setup setup(limit::Algorithm::gcra, static_cast<std::size_t>(state.range(0)));
  const limit::CompiledQuota day{
      {.algorithm = limit::Algorithm::gcra, .limit = 1'000'000, .window = std::chrono::hours{24}}};
  std::uint64_t allowed = 0;
  CounterStore& store = setup.store;
  std::array<limit::Decision, 2> decisions;
  for (auto _ : state) {
    const Hash128 key = setup.keys[setup.calls.next()];
    const std::array hits{Hit{key, &setup.quota}, Hit{{key.lo, key.hi}, &day}};
    allowed += store.decide(hits, setup.calls.now(), decisions) ? 1 : 0;
  }
  setup.report(state, allowed);
}

// A flood of keys that are seen once, when the store is full.
void BM_NewKeysWhenFull(benchmark::State& state) {
  MemoryCounterStore store({.max_bytes = std::size_t{64} << 20});
  const limit::CompiledQuota quota{
      {.algorithm = limit::Algorithm::gcra, .limit = 10, .window = std::chrono::hours{1}}};
  const limit::Time now{std::chrono::seconds{1'700'000'000}};
  std::uint64_t n = 0;
  const auto fresh = [&] { return Hash128{siphash64(kSecret, ++n), n}; };
  for (int i = 0; i < 2'000'000; ++i) store.decide(Hit{fresh(), &quota}, now);
  for (auto _ : state) benchmark::DoNotOptimize(store.decide(Hit{fresh(), &quota}, now));
  state.SetItemsProcessed(state.iterations());
}

using enum limit::Algorithm;
BENCHMARK_CAPTURE(BM_Decide, fixed_window, fixed_window)->Arg(1'000)->Arg(1'000'000);
BENCHMARK_CAPTURE(BM_Decide, sliding_counter, sliding_counter)->Arg(1'000)->Arg(1'000'000);
BENCHMARK_CAPTURE(BM_Decide, sliding_log, sliding_log)->Arg(1'000)->Arg(1'000'000);
BENCHMARK_CAPTURE(BM_Decide, token_bucket, token_bucket)->Arg(1'000)->Arg(1'000'000);
BENCHMARK_CAPTURE(BM_Decide, gcra, gcra)->Arg(1'000)->Arg(1'000'000);
BENCHMARK_CAPTURE(BM_DecideEach, token_bucket, token_bucket)->Arg(1'000)->Arg(1'000'000);
BENCHMARK_CAPTURE(BM_DecideEach, gcra, gcra)->Arg(1'000)->Arg(1'000'000);
BENCHMARK_CAPTURE(BM_HashAndDecide, token_bucket, token_bucket)->Arg(1'000)->Arg(1'000'000);
BENCHMARK_CAPTURE(BM_HashAndDecide, gcra, gcra)->Arg(1'000)->Arg(1'000'000);
BENCHMARK(BM_HoldAndRelease)->Arg(1'000)->Arg(1'000'000);
BENCHMARK(BM_DecideBothOfTwo)->Arg(1'000)->Arg(1'000'000);
BENCHMARK(BM_NewKeysWhenFull);

}  // namespace
}  // namespace doorward::ports
