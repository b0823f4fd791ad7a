// The newest entries, in memory until the reader takes them.
//
// Why:     the applier reads what was appended a moment ago; it need not fetch it from the
//          database.
// Threads: single-owner; guarded by the log.
// Bounds:  at most kTailBytes; the oldest go first, and are then read from the database.
#pragma once

#include "ports/command_log.hpp"

#include <cstddef>
#include <deque>
#include <vector>

namespace doorward::adapters::sqlite {

class EntryTail {
 public:
  static constexpr std::size_t kTailBytes = 16U << 20;

  void push(ports::LogEntry entry);
  // The entries that follow `number` without a gap, which then leave; empty if the next one is not
  // here.
  std::vector<ports::LogEntry> take(std::uint64_t number, std::size_t max_entries);

 private:
  void drop_oldest();

  std::deque<ports::LogEntry> entries_;
  std::size_t bytes_ = 0;
};

}  // namespace doorward::adapters::sqlite
