// What a million waiting tickets cost: memory, time to apply, to recover, to find a position, and
// the longest that readers are held off while much happens at once.
#include "engine/read.hpp"
#include "engine/snapshot.hpp"
#include "engine/state.hpp"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <string>
#include <utility>

namespace doorward::engine {
namespace {

using Bench = benchmark::State;

constexpr std::uint64_t kMillion = 1'000'000;
constexpr std::uint64_t kBatch = 1'000;
constexpr double kMegabyte = 1e6;

double resident_mb() {
  long pages = 0;
  if (std::FILE* file = std::fopen("/proc/self/statm", "r")) {
    if (std::fscanf(file, "%*d %ld", &pages) != 1) pages = 0;
    std::fclose(file);
  }
  return static_cast<double>(pages) * 4096 / kMegabyte;
}

// Processor time of this thread, so that a busy machine does not count as a long step.
double cpu_ms() {
  timespec t{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) * 1e3 + static_cast<double>(t.tv_nsec) / 1e6;
}

// Ids as random ones are: spread over all their bits.
std::uint64_t spread(std::uint64_t n) { return (n + 1) * 0x9e3779b97f4a7c15U; }
TicketId id(std::uint64_t n) { return {spread(n), spread(~n)}; }

class Feed {
 public:
  // Applies one entry; gives the longest slice in milliseconds.
  double apply(State& state, std::vector<Command> commands, bool want_outcomes = false) {
    time_ += Millis(1);
    const std::uint64_t counter = std::exchange(counter_, counter_ + commands.size());
    double longest = 0;
    double before = cpu_ms();
    state.begin({{1, ++at_, 0}, time_, {{1, counter, time_}, std::move(commands)}}, want_outcomes);
    for (bool done = false; !done;) {
      done = state.step();
      const double after = cpu_ms();
      longest = std::max(longest, after - std::exchange(before, after));
    }
    state.take_outcomes();
    state.take_changes();
    return longest;
  }
  double join(State& state, std::uint64_t first, std::uint64_t count, bool want_outcomes = false) {
    std::vector<Command> commands;
    for (std::uint64_t n = first; n < first + count; ++n) {
      commands.push_back(Join{"r", {spread(n) ^ 1, n}, id(n), ""});
    }
    return apply(state, std::move(commands), want_outcomes);
  }
  double set(State& state, std::optional<std::uint32_t> capacity,
             room::Mode mode = room::Mode::open) {
    room::Policy policy;
    policy.capacity = capacity;
    policy.mode = mode;
    policy.liveness_silence = Millis(60'000);
    policy.max_waiting = 50'000'000;
    return apply(state, {SetRoom{"r", policy}});
  }

 private:
  LogTime time_{Millis(1'700'000'000'000)};
  std::uint64_t at_ = 0;
  std::uint64_t counter_ = 1;
};

// A room that lets nobody in, with a million waiters.
double fill(Feed& feed, State& state) {
  double longest = feed.set(state, 1, room::Mode::paused);
  for (std::uint64_t n = 0; n < kMillion; n += kBatch) {
    longest = std::max(longest, feed.join(state, n, kBatch));
  }
  return longest;
}

class Text final : public ports::SnapshotReader {
 public:
  explicit Text(const std::string& bytes) : bytes_(bytes) {}
  ports::LogPosition at() const override { return {}; }
  Result<std::string> read(std::size_t max_bytes) override {
    const std::size_t size = std::min(max_bytes, bytes_.size() - read_);
    read_ += size;
    return bytes_.substr(read_ - size, size);
  }

 private:
  const std::string& bytes_;
  std::size_t read_ = 0;
};

void joins_applied(Bench& bench) {
  for (auto _ : bench) {
    State state;
    Feed feed;
    feed.set(state, 1, room::Mode::paused);
    for (std::uint64_t n = 0; n < 200 * kBatch; n += kBatch) feed.join(state, n, kBatch, true);
  }
  bench.SetItemsProcessed(static_cast<std::int64_t>(bench.iterations() * 200 * kBatch));
}
BENCHMARK(joins_applied)->Unit(benchmark::kMillisecond);

// RSS with a million waiters; its peak while a snapshot is held and every ticket changes; and the
// longest slices of growth, of changes during a snapshot, and of taking the snapshot.
void a_million_waiting(Bench& bench) {
  for (auto _ : bench) {
    const double before = resident_mb();
    State state;
    Feed feed;
    bench.counters["slice_ms_growth"] = fill(feed, state);
    bench.counters["rss_mb"] = resident_mb();
    bench.counters["rss_mb_grown"] = resident_mb() - before;

    const double began = cpu_ms();
    const Snapshot snapshot(state);
    bench.counters["ms_take_snapshot"] = cpu_ms() - began;
    double longest = 0;
    for (std::uint64_t n = 0; n < 20 * kBatch; n += kBatch) {
      std::vector<Command> touches;
      for (std::uint64_t i = 0; i < kBatch; ++i)
        touches.push_back(Touch{id(spread(n + i) % kMillion)});
      longest = std::max(longest, feed.apply(state, std::move(touches)));
    }
    bench.counters["slice_ms_in_snapshot"] = longest;
    bench.counters["rss_mb_peak"] = resident_mb();
  }
}
BENCHMARK(a_million_waiting)->Iterations(1)->Unit(benchmark::kMillisecond);

// A policy that lets half a million in by one record; then the room is closed, and removed.
void much_at_once(Bench& bench) {
  for (auto _ : bench) {
    State state;
    Feed feed;
    fill(feed, state);
    bench.counters["slice_ms_capacity"] = feed.set(state, kMillion / 2);
    bench.counters["slice_ms_close"] = feed.set(state, 1, room::Mode::closed);
    bench.counters["slice_ms_remove"] = feed.apply(state, {RemoveRoom{"r"}});
  }
}
BENCHMARK(much_at_once)->Iterations(1)->Unit(benchmark::kMillisecond);

void a_draw_of_a_million(Bench& bench) {
  for (auto _ : bench) {
    State state;
    Feed feed;
    room::Policy policy;
    policy.order = room::Order::draw;
    feed.apply(state, {SetRoom{"r", policy}});
    for (std::uint64_t n = 0; n < kMillion; n += kBatch) feed.join(state, n, kBatch);
    bench.counters["slice_ms"] = feed.apply(state, {Draw{"r", 1, 2}});
  }
}
BENCHMARK(a_draw_of_a_million)->Iterations(1)->Unit(benchmark::kMillisecond);

// From the bytes of a snapshot to a state that can go on.
void recovery_of_a_million(Bench& bench) {
  State state;
  Feed feed;
  fill(feed, state);
  const std::string bytes = state_bytes(state);
  for (auto _ : bench) {
    Text text(bytes);
    auto read = read_state(text);
    benchmark::DoNotOptimize(read);
  }
  bench.counters["snapshot_mb"] = static_cast<double>(bytes.size()) / kMegabyte;
}
BENCHMARK(recovery_of_a_million)->Unit(benchmark::kMillisecond);

void position_from_a_held_place(Bench& bench) {
  State state;
  Feed feed;
  fill(feed, state);
  const Line& line = state.world().rooms.find("r")->lanes[0].front;
  std::uint64_t n = 0;
  for (auto _ : bench) benchmark::DoNotOptimize(line.ahead_of(spread(++n) % kMillion));
}
BENCHMARK(position_from_a_held_place);

void whole_view_of_a_ticket(Bench& bench) {
  State state;
  Feed feed;
  fill(feed, state);
  std::uint64_t n = 0;
  for (auto _ : bench) {
    benchmark::DoNotOptimize(
        view_of(state.world(), static_cast<std::uint32_t>(spread(++n) % kMillion)));
  }
}
BENCHMARK(whole_view_of_a_ticket);

}  // namespace
}  // namespace doorward::engine
