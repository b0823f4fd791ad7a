// The events of now, in a ring from which each reader reads at its own pace.
//
// Why:     a request must not wait for who watches it: it puts a pointer into the ring, and a
//          reader that is too slow finds its events overwritten and is told how many.
// Threads: thread-safe. The lock is held for the exchange of one pointer, or the copying of at
//          most kMostAtOnce. While nobody listens, a publisher reads one atomic.
// Bounds:  kEvents events.
#pragma once

#include "api/live/event.hpp"

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

namespace doorward::api::live {

class Bus {
 public:
  static constexpr std::size_t kEvents = 4'096;
  static constexpr std::size_t kMostAtOnce = 64;
  using EventPtr = std::shared_ptr<const Event>;

  bool has_listeners() const { return listeners_.load(std::memory_order_relaxed) > 0; }
  // Of no effect while nobody listens.
  void publish(Event event);

  // Begins to listen: the cursor from which to read. Each `join` needs its `leave`.
  std::uint64_t join();
  void leave();

  // Appends what follows the cursor, at most kMostAtOnce, and moves the cursor behind it. How many
  // were overwritten before they could be read.
  std::uint64_t read(std::uint64_t& cursor, std::vector<EventPtr>& into);
  // Of all readers, ever.
  std::uint64_t lost() const { return lost_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint32_t> listeners_{0};
  std::atomic<std::uint64_t> lost_{0};
  std::mutex mutex_;
  std::uint64_t end_ = 0;  // the number of the next event
  std::array<EventPtr, kEvents> ring_;
};

}  // namespace doorward::api::live
