// A lock for sections of well under a microsecond: one atomic step to take, a plain store to give.
//
// Why:     a std::mutex needs an atomic step for either and costs a third of the decisions per
//          second. Whoever finds it taken soon gives its processor away, so a holder that lost its
//          own is not waited for in vain.
// Threads: thread-safe; not recursive.
#pragma once

#include <atomic>
#include <thread>

namespace doorward::ports {

class SpinLock {
 public:
  void lock() {
    while (taken_.exchange(true, std::memory_order_acquire)) wait();
  }
  void unlock() { taken_.store(false, std::memory_order_release); }

 private:
  void wait() const {
    constexpr int kLooks = 64;
    for (int look = 0; look < kLooks; ++look) {
      if (!taken_.load(std::memory_order_relaxed)) return;
      __builtin_ia32_pause();
    }
    std::this_thread::yield();
  }

  std::atomic<bool> taken_{false};
};

}  // namespace doorward::ports
