// How many bytes a store of counters may take, shared by its shards.
//
// Why:     tables may have three quarters, so that a flood of keys leaves room for logs and leases;
//          these take what tables leave.
// Threads: thread-safe; bytes are counted rarely, when something grows or shrinks.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace doorward::ports {

class CounterBudget {
 public:
  explicit CounterBudget(std::size_t max_bytes) : max_(static_cast<std::int64_t>(max_bytes)) {}

  // False, and nothing taken, if tables would have more than their share.
  bool take_table(std::size_t bytes) {
    const auto more = static_cast<std::int64_t>(bytes);
    if (table_.fetch_add(more, std::memory_order_relaxed) + more <= max_ / 4 * 3) return true;
    table_.fetch_sub(more, std::memory_order_relaxed);
    return false;
  }
  // Whether `take_table` would succeed at this moment.
  bool may_take_table(std::size_t bytes) const {
    const auto more = static_cast<std::int64_t>(bytes);
    return table_.load(std::memory_order_relaxed) + more <= max_ / 4 * 3;
  }
  void give_table(std::size_t bytes) {
    table_.fetch_sub(static_cast<std::int64_t>(bytes), std::memory_order_relaxed);
  }
  void change_heap(std::int64_t by) { heap_.fetch_add(by, std::memory_order_relaxed); }

  bool over() const { return taken() > max_; }
  std::int64_t taken() const {
    return table_.load(std::memory_order_relaxed) + heap_.load(std::memory_order_relaxed);
  }

 private:
  std::int64_t max_;
  std::atomic<std::int64_t> table_{0};
  std::atomic<std::int64_t> heap_{0};
};

}  // namespace doorward::ports
