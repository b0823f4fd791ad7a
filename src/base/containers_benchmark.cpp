// What the engine's containers cost at a million and ten million entries.

#include "base/chunked_list.hpp"
#include "base/chunked_slab.hpp"
#include "base/crc32c.hpp"
#include "base/deadline_heap.hpp"
#include "base/mix.hpp"
#include "base/permutation.hpp"
#include "base/rank_index.hpp"
#include "base/segmented_index.hpp"
#include "base/siphash.hpp"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <ctime>
#include <string>

namespace doorward {
namespace {

struct Ticket {
  std::uint64_t words[8] = {};
};
using Slab = ChunkedSlab<Ticket>;

std::uint32_t entries(const benchmark::State& state) {
  return static_cast<std::uint32_t>(state.range(0));
}

Slab filled_slab(std::uint32_t n) {
  Slab slab;
  for (std::uint32_t i = 0; i < n; ++i) slab.insert({{i, mix64(i)}});
  return slab;
}

// Calls step(i) n times and returns the longest call in microseconds of processor time, so that a
// busy machine does not count as a long step.
template <class Step>
double longest_step(std::uint32_t n, Step&& step) {
  std::clock_t longest = 0;
  std::clock_t before = std::clock();
  for (std::uint32_t i = 0; i < n; ++i) {
    step(i);
    const std::clock_t after = std::clock();
    longest = std::max(longest, after - before);
    before = after;
  }
  return static_cast<double>(longest) * 1e6 / CLOCKS_PER_SEC;
}

// Every third place is dead, and places are asked for far from each other.
void rank_of_a_place(benchmark::State& state) {
  RankIndex index;
  for (std::uint32_t i = 0; i < entries(state); ++i) {
    index.push_back();
    if (i % 3 == 1) index.clear(i - 1);
  }
  std::uint64_t at = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(index.rank(mix64(++at) % entries(state)));
  }
  state.counters["bytes_per_place"] =
      static_cast<double>(index.memory_bytes()) / static_cast<double>(entries(state));
}
BENCHMARK(rank_of_a_place)->Arg(1'000'000)->Arg(10'000'000);

void rank_head_leaves_and_one_joins(benchmark::State& state) {
  RankIndex index;
  for (std::uint32_t i = 0; i < entries(state); ++i) index.push_back();
  for (auto _ : state) {
    index.clear(*index.first_alive());
    benchmark::DoNotOptimize(index.push_back());
  }
}
BENCHMARK(rank_head_leaves_and_one_joins)->Arg(1'000'000)->Arg(10'000'000);

void rank_growth_longest_step(benchmark::State& state) {
  for (auto _ : state) {
    RankIndex index;
    state.counters["longest_us"] = longest_step(entries(state), [&](auto) { index.push_back(); });
  }
}
BENCHMARK(rank_growth_longest_step)->Arg(10'000'000)->Iterations(1)->Unit(benchmark::kMillisecond);

// The ticket is found in the slab: what a look-up by id costs.
void index_find(benchmark::State& state) {
  const Slab slab = filled_slab(entries(state));
  SegmentedIndex index;
  for (std::uint32_t i = 0; i < entries(state); ++i) index.insert(mix64(i), i);
  std::uint64_t at = 0;
  for (auto _ : state) {
    const std::uint64_t key = mix64(++at) % entries(state);
    benchmark::DoNotOptimize(
        index.find(mix64(key), [&](std::uint32_t i) { return slab[i].words[0] == key; }));
  }
  state.counters["bytes_per_entry"] =
      static_cast<double>(index.memory_bytes()) / static_cast<double>(entries(state));
}
BENCHMARK(index_find)->Arg(1'000'000)->Arg(10'000'000);

void index_growth_longest_step(benchmark::State& state) {
  for (auto _ : state) {
    SegmentedIndex index;
    state.counters["longest_us"] =
        longest_step(entries(state), [&](std::uint32_t i) { index.insert(mix64(i), i); });
  }
}
BENCHMARK(index_growth_longest_step)->Arg(10'000'000)->Iterations(1)->Unit(benchmark::kMillisecond);

void slab_snapshot(benchmark::State& state) {
  Slab slab = filled_slab(entries(state));
  for (auto _ : state) benchmark::DoNotOptimize(slab.snapshot());
  state.counters["bytes_per_ticket"] =
      static_cast<double>(slab.memory_bytes()) / static_cast<double>(entries(state));
}
BENCHMARK(slab_snapshot)->Arg(1'000'000)->Arg(10'000'000);

// The dearest change: the first in each chunk while a snapshot is held.
void slab_first_change_under_a_snapshot(benchmark::State& state) {
  Slab slab = filled_slab(entries(state));
  std::uint32_t at = 0;
  auto view = slab.snapshot();
  for (auto _ : state) {
    if (at + Slab::kChunkSlots >= entries(state)) {
      state.PauseTiming();
      view = slab.snapshot();
      at = 0;
      state.ResumeTiming();
    }
    at += Slab::kChunkSlots;
    slab.edit(at).words[2] = at;
  }
}
BENCHMARK(slab_first_change_under_a_snapshot)->Arg(1'000'000);

void heap_renew_a_deadline(benchmark::State& state) {
  DeadlineHeap heap;
  const auto deadline = [](std::uint64_t i) {
    return ServiceTime{Millis{static_cast<std::int64_t>(mix64(i) % 600'000)}};
  };
  for (std::uint32_t i = 0; i < entries(state); ++i) heap.set(i, deadline(i));
  std::uint64_t at = 0;
  for (auto _ : state) {
    ++at;
    heap.set(static_cast<std::uint32_t>(mix64(at) % entries(state)), deadline(at * 7));
  }
}
BENCHMARK(heap_renew_a_deadline)->Arg(1'000'000);

void list_push_and_erase(benchmark::State& state) {
  ChunkedList list;
  std::uint64_t end = 0;
  for (; end < entries(state); ++end) list.set(end, 1);
  for (auto _ : state) {
    list.erase(end - entries(state));
    list.set(end++, 1);
  }
}
BENCHMARK(list_push_and_erase)->Arg(1'000'000);

void permutation_point(benchmark::State& state) {
  const Permutation permutation({1, 2}, entries(state));
  std::uint64_t at = 0;
  for (auto _ : state) benchmark::DoNotOptimize(permutation(at++ % entries(state)));
}
BENCHMARK(permutation_point)->Arg(1'000'000);

void siphash_of_a_subject(benchmark::State& state) {
  const std::string subject(36, 's');
  for (auto _ : state) benchmark::DoNotOptimize(siphash128({1, 2}, subject));
}
BENCHMARK(siphash_of_a_subject);

void crc32c_of_a_megabyte(benchmark::State& state) {
  const std::string bytes(1 << 20, 'x');
  for (auto _ : state) benchmark::DoNotOptimize(crc32c(bytes));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(bytes.size()));
}
BENCHMARK(crc32c_of_a_megabyte);

}  // namespace
}  // namespace doorward
