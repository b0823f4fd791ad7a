// Batches into an SqliteLog: commands per second, and how long an append takes at most, alone and
// while a snapshot is written and the log trimmed. A command is taken as 90 bytes.
//
// The design's prototype, one client process, FULL: 100 rows in 0.18 ms, 1,000 rows in 0.54 ms.

#include "adapters/sqlite/sqlite_log.hpp"
#include "adapters/system/system_clock.hpp"

#include <benchmark/benchmark.h>
#include <fcntl.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

namespace doorward::adapters::sqlite {
namespace {

constexpr std::size_t kCommandBytes = 90;

std::filesystem::path make_folder() {
  std::string name = (std::filesystem::temp_directory_path() / "doorward-bench-XXXXXX").string();
  return mkdtemp(name.data());
}

// Writes snapshots of 64 MiB and trims until told to stop.
void keep(SqliteLog& log, const std::atomic<bool>& stop) {
  const std::string piece(1U << 16, 's');
  while (!stop.load()) {
    const auto last = log.append("mark");
    if (last.has_error()) return;
    auto writer = log.begin_snapshot(*last);
    for (int i = 0; i < 1024 && !stop.load(); ++i) {
      if (writer.has_error() || (*writer)->write(piece).has_error()) return;
    }
    if ((*writer)->commit().has_error() || log.trim(LogTime::max()).has_error()) return;
  }
}

void report(benchmark::State& state, std::vector<double> took_ms) {
  std::ranges::sort(took_ms);
  const auto at = [&](double share) {
    return took_ms[static_cast<std::size_t>(share * static_cast<double>(took_ms.size() - 1))];
  };
  state.counters["p50_ms"] = at(0.5);
  state.counters["p99_ms"] = at(0.99);
  state.counters["max_ms"] = at(1.0);
}

// What the disk takes by itself: a plain file that grows by 9 KB and is synced, each time.
void BM_DiskAlone(benchmark::State& state) {
  const auto folder = make_folder();
  std::vector<double> took;
  {
    auto file = posix::File::open(folder / "plain", O_WRONLY | O_CREAT);
    const std::string bytes(100 * kCommandBytes, 'c');
    for (auto _ : state) {
      const auto start = std::chrono::steady_clock::now();
      if (file->write(bytes).has_error() || file->sync().has_error()) {
        state.SkipWithError("cannot write");
      }
      const std::chrono::duration<double, std::milli> ms = std::chrono::steady_clock::now() - start;
      took.push_back(ms.count());
    }
  }
  std::filesystem::remove_all(folder);
  report(state, std::move(took));
}

void BM_Append(benchmark::State& state) {
  const auto rows = static_cast<std::size_t>(state.range(0));
  const bool with_keeper = state.range(1) != 0;
  const auto folder = make_folder();
  const SystemClock clock;
  std::vector<double> took;
  {
    auto opened = SqliteLog::open({.folder = folder}, clock);
    if (opened.has_error()) return state.SkipWithError(opened.error().what.c_str());
    SqliteLog& log = **opened;
    std::atomic<bool> stop{false};
    std::thread keeper([&] {
      if (with_keeper) keep(log, stop);
    });
    const std::string batch(rows * kCommandBytes, 'c');
    for (auto _ : state) {
      const auto start = std::chrono::steady_clock::now();
      if (log.append(batch).has_error()) state.SkipWithError("append failed");
      const std::chrono::duration<double, std::milli> ms = std::chrono::steady_clock::now() - start;
      took.push_back(ms.count());
    }
    stop = true;
    keeper.join();
  }
  std::filesystem::remove_all(folder);
  state.counters["commands/s"] =
      benchmark::Counter(static_cast<double>(state.iterations()) * static_cast<double>(rows),
                         benchmark::Counter::kIsRate);
  report(state, std::move(took));
}

BENCHMARK(BM_DiskAlone)->Unit(benchmark::kMillisecond)->UseRealTime()->MinTime(2.0);
BENCHMARK(BM_Append)
    ->ArgNames({"commands", "keeper"})
    ->ArgsProduct({{1, 100, 1'000, 4'096}, {0, 1}})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime()
    ->MinTime(2.0);

}  // namespace
}  // namespace doorward::adapters::sqlite
