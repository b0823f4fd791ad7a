// How requests ended and how long they took, counted without contention.
//
// Threads: `record` from any thread: each adds to one of 16 rows, chosen once; `read` from any
//          thread.
#pragma once

#include "app/observe/metrics.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>

namespace doorward::app {

class RequestStats {
 public:
  // `status` 0: the peer went away before an answer.
  void record(unsigned status, std::chrono::nanoseconds took);
  void write(MetricWriter& writer) const;

 private:
  static constexpr std::array<std::uint64_t, 12> kBoundsUs{
      500,    1'000,   2'500,   5'000,     10'000,    25'000,
      50'000, 100'000, 250'000, 1'000'000, 5'000'000, 30'000'000};
  static constexpr std::size_t kRows = 16;

  struct alignas(64) Row {
    std::array<std::atomic<std::uint64_t>, 6> classes{};
    std::array<std::atomic<std::uint64_t>, kBoundsUs.size() + 1> buckets{};
    std::atomic<std::uint64_t> sum_us{0};
  };
  static std::size_t row_of_thread();

  std::array<Row, kRows> rows_;
};

}  // namespace doorward::app
