// Which tickets showed a sign of life lately, so that not every poll and page is written to the
// log.
//
// Time:    `now` in steady milliseconds, passed in.
// Threads: thread-safe, without a lock.
// Bounds:  131,072 slots of 8 bytes. Two tickets that meet in one slot are written more often than
//          needed, never less.
#pragma once

#include "base/time.hpp"
#include "engine/shard.hpp"

#include <atomic>
#include <cstdint>
#include <vector>

namespace doorward::gateway {

class TouchTable {
 public:
  TouchTable() : slots_(kSlots) {}

  // True once in every `every` for a ticket: then it is to be written.
  bool is_due(engine::TicketHandle ticket, Millis now, Millis every) {
    const std::uint64_t id = std::uint64_t{ticket.generation} << 32 | ticket.index;
    std::atomic<std::uint64_t>& slot = slots_[ticket.index % kSlots];
    const auto tag = static_cast<std::uint32_t>(id ^ id >> 32) | 1U;
    const auto time = static_cast<std::uint32_t>(now.count());
    std::uint64_t seen = slot.load(std::memory_order_relaxed);
    if (seen >> 32 == tag && time - static_cast<std::uint32_t>(seen) < every.count()) return false;
    // Of several that find it due at once, one writes.
    return slot.compare_exchange_strong(seen, std::uint64_t{tag} << 32 | time,
                                        std::memory_order_relaxed);
  }

 private:
  static constexpr std::size_t kSlots = 1U << 17;
  std::vector<std::atomic<std::uint64_t>> slots_;
};

}  // namespace doorward::gateway
