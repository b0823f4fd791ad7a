#include "adapters/sqlite/entry_tail.hpp"

#include <utility>

namespace doorward::adapters::sqlite {

void EntryTail::push(ports::LogEntry entry) {
  bytes_ += entry.batch.size();
  entries_.push_back(std::move(entry));
  while (bytes_ > kTailBytes) drop_oldest();
}

std::vector<ports::LogEntry> EntryTail::take(std::uint64_t number, std::size_t max_entries) {
  while (!entries_.empty() && entries_.front().at.major <= number) drop_oldest();
  std::vector<ports::LogEntry> taken;
  std::size_t bytes = 0;
  while (!entries_.empty() && entries_.front().at.major == number + 1 &&
         taken.size() < max_entries && bytes < ports::CommandLog::kReadBytes) {
    number = entries_.front().at.major;
    bytes += entries_.front().batch.size();
    bytes_ -= entries_.front().batch.size();
    taken.push_back(std::move(entries_.front()));
    entries_.pop_front();
  }
  return taken;
}

void EntryTail::drop_oldest() {
  bytes_ -= entries_.front().batch.size();
  entries_.pop_front();
}

}  // namespace doorward::adapters::sqlite
