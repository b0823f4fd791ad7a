// A queue between threads that refuses instead of growing.
//
// Why:     many loops hand commands to one committer, which takes whatever gathered as one batch.
// Time:    waits are durations; nothing reads a clock of ours.
// Threads: thread-safe; any number of producers and consumers, of which one at a time may gather.
// Bounds:  at most `limit` items. A full or closed queue refuses, and the caller keeps the item.
#pragma once

#include "base/time.hpp"

#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <iterator>
#include <mutex>
#include <utility>
#include <vector>

namespace doorward {

// For how long a consumer that has something waits for more.
struct Gather {
  std::size_t count = 1;
  Millis time{0};
};

template <class T>
class BoundedQueue {
 public:
  explicit BoundedQueue(std::size_t limit) : limit_(limit) {}

  // Moves from `item` only if it answers true.
  [[nodiscard]] bool push(T& item) {
    {
      const std::lock_guard lock(mutex_);
      if (closed_ || items_.size() >= limit_) return false;
      items_.push_back(std::move(item));
      // Whoever waits was woken by the first, or wants that many.
      if (items_.size() > 1 && items_.size() != enough_) return true;
    }
    filled_.notify_one();
    return true;
  }
  [[nodiscard]] bool push(T&& item) { return push(item); }

  // Waits up to `wait` for a first item and as `gather` says for others, then takes at most `max`
  // in their order. Empty if none came in time, or the queue was closed or woken and has none left.
  std::vector<T> pop_batch(std::size_t max, Millis wait, Gather gather = {}) {
    std::unique_lock lock(mutex_);
    filled_.wait_for(lock, wait, [this] { return closed_ || woken_ || !items_.empty(); });
    if (!items_.empty() && items_.size() < gather.count) {
      enough_ = gather.count;
      filled_.wait_for(lock, gather.time,
                       [&] { return closed_ || woken_ || items_.size() >= gather.count; });
      enough_ = 1;
    }
    woken_ = false;
    const auto end = items_.begin() + static_cast<std::ptrdiff_t>(std::min(max, items_.size()));
    std::vector<T> batch(std::make_move_iterator(items_.begin()), std::make_move_iterator(end));
    items_.erase(items_.begin(), end);
    if (!items_.empty()) filled_.notify_one();
    return batch;
  }

  // Ends one wait early, the next if nobody waits now.
  void wake() {
    {
      const std::lock_guard lock(mutex_);
      woken_ = true;
    }
    filled_.notify_one();
  }

  // Refuses all that comes from now on; what is in it can still be taken.
  void close() {
    {
      const std::lock_guard lock(mutex_);
      closed_ = true;
    }
    filled_.notify_all();
  }

  bool is_closed() const {
    const std::lock_guard lock(mutex_);
    return closed_;
  }
  std::size_t size() const {
    const std::lock_guard lock(mutex_);
    return items_.size();
  }

 private:
  const std::size_t limit_;
  mutable std::mutex mutex_;
  std::condition_variable filled_;
  std::deque<T> items_;
  std::size_t enough_ = 1;  // how many a consumer waits for
  bool closed_ = false;
  bool woken_ = false;
};

}  // namespace doorward
