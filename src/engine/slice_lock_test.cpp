#include "engine/slice_lock.hpp"

#include <gtest/gtest.h>

#include <mutex>
#include <shared_mutex>
#include <thread>
#include <vector>

namespace doorward::engine {
namespace {

// Readers that never pause, and a writer that hardly does: both get on, and no reader ever sees
// half a change.
TEST(SliceLock, ReadersAndWriterTakeTurns) {
  SliceLock lock;
  std::uint64_t first = 0;
  std::uint64_t second = 0;
  std::atomic<bool> stop{false};
  std::atomic<std::uint64_t> reads{0};
  std::atomic<std::uint64_t> torn{0};
  std::vector<std::thread> readers;
  for (int i = 0; i < 3; ++i) {
    readers.emplace_back([&] {
      while (!stop) {
        const std::shared_lock shared(lock);
        torn += first == second ? 0 : 1;
        ++reads;
      }
    });
  }
  for (std::uint64_t i = 0; i < 20'000; ++i) {
    const std::lock_guard exclusive(lock);
    ++first;
    ++second;
  }
  while (reads < 1'000) std::this_thread::yield();
  stop = true;
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(torn, 0U);
}

TEST(SliceLock, WhoOnlyTriesGetsInUnlessTheWriterIs) {
  SliceLock lock;
  ASSERT_TRUE(lock.try_lock_shared());
  ASSERT_TRUE(lock.try_lock_shared());
  std::atomic<bool> is_in{false};
  std::thread writer([&] {
    lock.lock();
    is_in = true;
  });
  lock.unlock_shared();
  while (lock.try_lock_shared()) lock.unlock_shared();
  EXPECT_FALSE(is_in) << "a reader is";
  lock.unlock_shared();
  writer.join();
  EXPECT_FALSE(lock.try_lock_shared());
  lock.unlock();
  EXPECT_TRUE(lock.try_lock_shared());
}

// Where the writer always came first again, this would go on until the runner ends it.
TEST(SliceLock, AReaderThatWaitsGetsInThoughTheWriterNeverPauses) {
  SliceLock lock;
  std::atomic<bool> was_in{false};
  lock.lock();
  std::thread reader([&] {
    const std::shared_lock shared(lock);
    was_in = true;
  });
  while (!was_in) {
    lock.unlock();
    lock.lock();
  }
  lock.unlock();
  reader.join();
}

}  // namespace
}  // namespace doorward::engine
