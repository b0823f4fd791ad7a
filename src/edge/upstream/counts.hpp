// What happened with one upstream, for metrics.
//
// Why:     outlives the Upstream of one configuration, so that a reload loses no count.
// Threads: thread-safe; each thread adds to one of 8 rows, chosen once.
// Bounds:  1 KB.
#pragma once

#include "base/result.hpp"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace doorward::edge {

class UpstreamCounts {
 public:
  enum class What : std::uint8_t {
    requests,        // that were to be sent, repeated ones included
    connect_errors,  // an endpoint that could not be connected; another may have taken the request
    refused,         // requests that failed: no endpoint could be reached,
    timed_out,       // nor in time, or the answer did not come in time,
    overloaded,      // all connections were taken for too long,
    broken,          // the answer broke off or was not valid
    opened,          // connections,
    closed,
    lent,  // to requests,
    returned,
    began_waiting,  // requests for a connection
    ended_waiting,
    count_
  };

  void add(What what) {
    rows_[row_of_thread()].counts[index(what)].fetch_add(1, std::memory_order_relaxed);
  }
  // A request failed so.
  void add_failure(Errc code) {
    switch (code) {
      case Errc::timed_out: return add(What::timed_out);
      case Errc::overloaded: return add(What::overloaded);
      case Errc::unavailable: return add(What::refused);
      default: return add(What::broken);
    }
  }

  std::uint64_t sum(What what) const {
    std::uint64_t sum = 0;
    for (const Row& row : rows_) sum += row.counts[index(what)].load(std::memory_order_relaxed);
    return sum;
  }
  // Those that began and have not ended; never less than none, though other threads go on.
  std::uint64_t between(What began, What ended) const {
    const std::uint64_t over = sum(ended);
    const std::uint64_t all = sum(began);
    return all > over ? all - over : 0;
  }

 private:
  static constexpr std::size_t kRows = 8;
  static std::size_t index(What what) { return static_cast<std::size_t>(what); }
  static std::size_t row_of_thread() {
    static std::atomic<std::size_t> next{0};
    thread_local const std::size_t row = next.fetch_add(1, std::memory_order_relaxed) % kRows;
    return row;
  }

  struct alignas(64) Row {
    std::array<std::atomic<std::uint64_t>, static_cast<std::size_t>(What::count_)> counts{};
  };
  std::array<Row, kRows> rows_;
};

}  // namespace doorward::edge
