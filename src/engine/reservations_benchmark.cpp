// What a seat map of a million costs: time a hold, and the longest that readers are held off while
// all of it is held, sold, written down, or given back at once.
#include "engine/snapshot.hpp"
#include "engine/state.hpp"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <ctime>
#include <string>
#include <utility>
#include <vector>

namespace doorward::engine {
namespace {

constexpr std::uint32_t kSide = 1'000;
constexpr std::uint64_t kMillion = std::uint64_t{kSide} * kSide;
constexpr std::uint64_t kBatch = 1'000;

// Processor time of this thread, so that a busy machine does not count as a long step.
double cpu_ms() {
  timespec t{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) * 1e3 + static_cast<double>(t.tv_nsec) / 1e6;
}

std::uint64_t spread(std::uint64_t n) { return (n + 1) * 0x9e3779b97f4a7c15U; }
reserve::HoldId id(std::uint64_t n) { return {spread(n), spread(~n)}; }

class Hall {
 public:
  Hall() {
    reserve::Inventory spec;
    spec.sections = {{"A", 100, kSide, kSide, {}}};
    spec.hold_ttl = spec.hold_most = Millis(3'600'000);
    apply({SetInventory{"hall", spec}});
  }
  // Applies one entry; notes the longest slice.
  void apply(std::vector<Command> commands, Millis after = Millis(1)) {
    time_ += after;
    const std::uint64_t counter = std::exchange(counter_, counter_ + commands.size());
    double before = cpu_ms();
    state.begin({{1, ++at_, 0}, time_, {{1, counter, time_}, std::move(commands)}}, false);
    for (bool done = false; !done;) {
      done = state.step();
      const double now = cpu_ms();
      longest = std::max(longest, now - std::exchange(before, now));
    }
    state.take_changes();
  }
  static std::string seat(std::uint64_t n) {
    return "A-" + std::to_string(n / kSide + 1) + "-" + std::to_string(n % kSide + 1);
  }
  template <class Make>
  void each(std::uint64_t count, Make make) {
    for (std::uint64_t n = 0; n < count; n += kBatch) {
      std::vector<Command> commands;
      for (std::uint64_t i = n; i < n + kBatch; ++i) commands.push_back(make(i));
      apply(std::move(commands));
    }
  }
  void hold_all() {
    each(kMillion, [](std::uint64_t n) {
      return Hold{"hall", {spread(n), 1}, id(n), {}, 0, {seat(n)}};
    });
  }

  State state;
  double longest = 0;

 private:
  LogTime time_{Millis(1'700'000'000'000)};
  std::uint64_t at_ = 0;
  std::uint64_t counter_ = 1;
};

void holds_applied(benchmark::State& bench) {
  constexpr std::uint64_t kCount = 100 * kBatch;
  for (auto _ : bench) {
    Hall hall;
    hall.each(kCount, [](std::uint64_t n) {
      return Hold{"hall", {spread(n), 1}, id(n), {}, 0, {Hall::seat(n)}};
    });
    hall.each(kCount, [](std::uint64_t n) { return Confirm{"hall", id(n), std::nullopt, 0}; });
  }
  bench.SetItemsProcessed(static_cast<std::int64_t>(bench.iterations() * 2 * kCount));
}
BENCHMARK(holds_applied)->Unit(benchmark::kMillisecond);

// The longest slices, and how long the state stands still for a snapshot and for a whole map.
void a_million_seats(benchmark::State& bench) {
  for (auto _ : bench) {
    Hall hall;
    bench.counters["slice_ms_set"] = std::exchange(hall.longest, 0);
    hall.hold_all();
    bench.counters["slice_ms_hold"] = std::exchange(hall.longest, 0);
    double began = cpu_ms();
    const Snapshot snapshot(hall.state);
    bench.counters["ms_take_snapshot"] = cpu_ms() - began;
    hall.each(20 * kBatch, [](std::uint64_t n) {
      return Confirm{"hall", id(spread(n) % kMillion), std::nullopt, 0};
    });
    bench.counters["slice_ms_in_snapshot"] = std::exchange(hall.longest, 0);
    began = cpu_ms();
    auto units = hall.state.world().reserved.inventories.find("hall")->units;
    benchmark::DoNotOptimize(units);
    bench.counters["ms_copy_seats"] = cpu_ms() - began;
    hall.apply({RemoveInventory{"hall"}});
    bench.counters["slice_ms_remove"] = std::exchange(hall.longest, 0);
  }
}
BENCHMARK(a_million_seats)->Iterations(1)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace doorward::engine
