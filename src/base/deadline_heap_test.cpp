#include "base/deadline_heap.hpp"

#include "base/random_test_support.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>

namespace doorward {
namespace {

ServiceTime at(std::int64_t ms) { return ServiceTime{Millis{ms}}; }

TEST(DeadlineHeap, AgreesWithASortedSetOverRandomChanges) {
  TestRandom random(1);
  DeadlineHeap heap;
  std::map<std::uint32_t, ServiceTime> model;
  std::set<std::pair<ServiceTime, std::uint32_t>> sorted;
  for (int i = 0; i < 100'000; ++i) {
    const auto index = static_cast<std::uint32_t>(random.below(6'000));
    const auto found = model.find(index);
    if (found != model.end()) sorted.erase({found->second, index});
    if (random.below(5) < (i < 50'000 ? 4u : 2u)) {
      const auto deadline = at(static_cast<std::int64_t>(random.below(500)));
      heap.set(index, deadline);
      model[index] = deadline;
      sorted.emplace(deadline, index);
    } else {
      ASSERT_EQ(heap.remove(index), found != model.end());
      model.erase(index);
    }
    ASSERT_EQ(heap.size(), model.size());
    if (!sorted.empty()) {
      ASSERT_EQ(heap.first(), (DeadlineHeap::Due{sorted.begin()->first, sorted.begin()->second}));
    }
  }
  for (const auto& [index, deadline] : model) ASSERT_EQ(heap.deadline_of(index), deadline);
  for (const auto& [deadline, index] : sorted) {
    ASSERT_EQ(heap.pop_due(at(500)), (DeadlineHeap::Due{deadline, index}));
  }
  EXPECT_EQ(heap.first(), std::nullopt);
}

TEST(DeadlineHeap, PopsOnlyWhatIsDue) {
  DeadlineHeap heap;
  heap.set(7, at(100));
  EXPECT_EQ(heap.pop_due(at(99)), std::nullopt);
  EXPECT_EQ(heap.pop_due(at(100))->index, 7u);
  EXPECT_EQ(heap.pop_due(at(100)), std::nullopt);
  EXPECT_EQ(heap.deadline_of(7), std::nullopt);
}

TEST(DeadlineHeap, EqualDeadlinesFallDueByIndexWhateverTheHistory) {
  DeadlineHeap heap;
  for (std::uint32_t index : {5, 3, 9, 1, 7}) heap.set(index, at(index == 9 ? 1 : 50));
  heap.set(9, at(50));
  for (std::uint32_t index : {1, 3, 5, 7, 9}) EXPECT_EQ(heap.pop_due(at(50))->index, index);
}

TEST(DeadlineHeap, GivesMemoryBack) {
  DeadlineHeap heap;
  for (std::uint32_t i = 0; i < 100'000; ++i) heap.set(i, at(i));
  EXPECT_LT(heap.memory_bytes(), 2'100'000u);
  while (heap.pop_due(at(100'000))) {
  }
  EXPECT_LT(heap.memory_bytes(), 450'000u);
}

}  // namespace
}  // namespace doorward
