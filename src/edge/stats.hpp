// Counters of a server, for metrics.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace doorward::edge {

// The statuses with which the edge itself refuses a request.
inline constexpr std::array<unsigned, 9> kRefusals = {400, 408, 413, 414, 417, 431, 500, 501, 505};

struct Stats {
  std::uint64_t accepted = 0;     // connections, ever
  std::uint64_t connections = 0;  // now, of every protocol, parked ones included
  std::uint64_t refused_connections = 0;
  std::uint64_t accept_errors = 0;
  std::uint64_t requests = 0;
  std::uint64_t bytes_in = 0;
  std::uint64_t bytes_out = 0;
  std::uint64_t deadlines = 0;             // peers cut because they were slow
  std::uint64_t parked_event_streams = 0;  // now
  std::uint64_t parked_websockets = 0;     // now
  std::uint64_t renders = 0;
  std::uint64_t resp_accepted = 0;     // connections of the Redis protocol, ever
  std::uint64_t resp_connections = 0;  // now
  std::uint64_t resp_requests = 0;
  std::uint64_t resp_errors = 0;  // connections ended since they broke the protocol
  std::array<std::uint64_t, kRefusals.size()> refused_requests{};  // as in kRefusals
};

// Counted on one loop, read from any thread.
class Counter {
 public:
  void add(std::uint64_t n = 1) {
    value_.store(value_.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
  }
  void sub(std::uint64_t n = 1) {
    value_.store(value_.load(std::memory_order_relaxed) - n, std::memory_order_relaxed);
  }
  std::uint64_t get() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

struct LoopCounters {
  Counter accepted, ended, refused_connections, accept_errors, requests, bytes_in, bytes_out,
      deadlines;
  Counter parked_event_streams, parked_websockets, renders;
  Counter resp_opened, resp_ended, resp_requests, resp_errors;
  std::array<Counter, kRefusals.size()> refused_requests;

  void refuse(unsigned status);
  void add_to(Stats& stats) const;
};

}  // namespace doorward::edge
