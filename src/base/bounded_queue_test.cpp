#include "base/bounded_queue.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <thread>

namespace doorward {
namespace {

constexpr Millis kNoWait{0};
constexpr Millis kLong{60'000};

TEST(BoundedQueue, GivesItemsInTheirOrderAndInBatches) {
  BoundedQueue<int> queue(10);
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(queue.push(i));
  EXPECT_EQ(queue.pop_batch(3, kLong), (std::vector{0, 1, 2}));
  EXPECT_EQ(queue.pop_batch(3, kLong), (std::vector{3, 4}));
  EXPECT_TRUE(queue.pop_batch(3, kNoWait).empty());
}

TEST(BoundedQueue, WhoHasSomethingGathersMoreForAWhile) {
  BoundedQueue<int> queue(10);
  EXPECT_TRUE(queue.pop_batch(5, kNoWait, {3, kLong}).empty()) << "nothing is not waited on";
  ASSERT_TRUE(queue.push(1));
  EXPECT_EQ(queue.pop_batch(5, kLong, {3, Millis(1)}), std::vector{1});
  ASSERT_TRUE(queue.push(1));
  std::thread others([&] {
    for (int i : {2, 3}) EXPECT_TRUE(queue.push(i));
  });
  EXPECT_EQ(queue.pop_batch(5, kLong, {3, kLong}), (std::vector{1, 2, 3}));
  others.join();
}

TEST(BoundedQueue, RefusesWhenFullAndLeavesTheItemToTheCaller) {
  BoundedQueue<std::unique_ptr<int>> queue(1);
  auto first = std::make_unique<int>(1);
  auto second = std::make_unique<int>(2);
  EXPECT_TRUE(queue.push(first));
  EXPECT_FALSE(queue.push(second));
  ASSERT_TRUE(second);
  EXPECT_EQ(queue.size(), 1u);
  queue.pop_batch(1, kNoWait);
  EXPECT_TRUE(queue.push(second));
}

TEST(BoundedQueue, AClosedOneRefusesButIsEmptiedFirst) {
  BoundedQueue<int> queue(10);
  ASSERT_TRUE(queue.push(1));
  queue.close();
  EXPECT_TRUE(queue.is_closed());
  EXPECT_FALSE(queue.push(2));
  EXPECT_EQ(queue.pop_batch(5, kLong), std::vector{1});
  EXPECT_TRUE(queue.pop_batch(5, kLong).empty());
}

TEST(BoundedQueue, AWakeEndsOneWaitEarly) {
  BoundedQueue<int> queue(10);
  queue.wake();
  EXPECT_TRUE(queue.pop_batch(5, kLong).empty());
  std::thread waiter([&] { EXPECT_TRUE(queue.pop_batch(5, kLong).empty()); });
  queue.wake();
  waiter.join();
}

TEST(BoundedQueue, LosesAndDoublesNothingBetweenManyThreads) {
  constexpr int kProducers = 4;
  constexpr int kEach = 5'000;
  BoundedQueue<int> queue(64);
  std::vector<int> seen(kProducers * kEach);
  std::vector<std::thread> threads;
  for (int p = 0; p < kProducers; ++p) {
    threads.emplace_back([&queue, p] {
      for (int i = 0; i < kEach; ++i) {
        int item = p * kEach + i;
        while (!queue.push(item)) std::this_thread::yield();
      }
    });
  }
  std::vector<int> last(kProducers, -1);
  for (int taken = 0; taken < kProducers * kEach;) {
    for (int item : queue.pop_batch(100, kLong)) {
      ++seen[static_cast<std::size_t>(item)];
      ++taken;
      auto& before = last[static_cast<std::size_t>(item / kEach)];
      EXPECT_LT(before, item);  // each producer's items come in its order
      before = item;
    }
  }
  for (auto& thread : threads) thread.join();
  for (int count : seen) ASSERT_EQ(count, 1);
}

}  // namespace
}  // namespace doorward
