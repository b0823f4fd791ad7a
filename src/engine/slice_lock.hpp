// A lock for one writer and many readers that takes turns: after each slice of the writer, every
// reader that waited gets in, and then the writer again, however many readers keep coming.
//
// Why:     a std::shared_mutex lets readers that never pause starve the writer, and a plain mutex
//          lets a writer that never pauses starve the readers.
// Time:    two atomic operations a read where nobody writes; whoever must wait sleeps.
// Threads: thread-safe, but only one thread may be the writer.
// Spec:    the phase-fair ticket lock of Brandenburg and Anderson (2010), for one writer.
#pragma once

#include <atomic>
#include <cstdint>

namespace doorward::engine {

class SliceLock {
 public:
  void lock_shared() {
    const std::uint32_t arrived = arrived_.fetch_add(kReader, std::memory_order_acquire);
    const std::uint32_t phase = arrived & kWriterBits;
    if (phase == 0) return;
    // Waits for this phase of the writer to end, not for the next one.
    std::uint32_t seen = arrived + kReader;
    while ((seen & kWriterBits) == phase) {
      arrived_.wait(seen, std::memory_order_acquire);
      seen = arrived_.load(std::memory_order_acquire);
    }
  }
  // False while the writer is in or waits.
  bool try_lock_shared() {
    std::uint32_t seen = arrived_.load(std::memory_order_relaxed);
    while ((seen & kWriterBits) == 0) {
      if (arrived_.compare_exchange_weak(seen, seen + kReader, std::memory_order_acquire))
        return true;
    }
    return false;
  }
  void unlock_shared() {
    left_.fetch_add(kReader, std::memory_order_seq_cst);
    if (arrived_.load(std::memory_order_seq_cst) & kWriting) left_.notify_one();
  }

  void lock() {
    phase_ ^= kPhase;
    const std::uint32_t before = arrived_.fetch_add(kWriting | phase_, std::memory_order_seq_cst);
    for (std::uint32_t left = left_.load(std::memory_order_seq_cst); left != before;
         left = left_.load(std::memory_order_seq_cst)) {
      left_.wait(left, std::memory_order_seq_cst);
    }
  }
  void unlock() {
    arrived_.fetch_and(~kWriterBits, std::memory_order_release);
    arrived_.notify_all();
  }

 private:
  static constexpr std::uint32_t kWriting = 1;
  static constexpr std::uint32_t kPhase = 2;
  static constexpr std::uint32_t kWriterBits = kWriting | kPhase;
  static constexpr std::uint32_t kReader = 4;  // both counters wrap together

  alignas(64) std::atomic<std::uint32_t> arrived_{0};  // readers that came, and the writer's bits
  alignas(64) std::atomic<std::uint32_t> left_{0};     // readers that went
  std::uint32_t phase_ = 0;                            // the writer's own
};

}  // namespace doorward::engine
