#include "base/chunked_list.hpp"

#include "base/random_test_support.hpp"

#include <gtest/gtest.h>

#include <map>

namespace doorward {
namespace {

TEST(ChunkedList, AgreesWithAMapOverRandomChanges) {
  TestRandom random(1);
  ChunkedList list;
  std::map<std::uint64_t, std::uint32_t> model;
  std::uint64_t end = 0;
  for (int i = 0; i < 200'000; ++i) {
    const auto value = static_cast<std::uint32_t>(random.below(1'000'000));
    const std::uint64_t any = random.below(end + 3'000);
    const auto choice = random.below(100);
    if (choice < 50) {
      model[end] = value;
      list.set(end++, value);
    } else if (choice < 52) {
      model[any] = value;
      list.set(any, value);
    } else {
      const auto it = model.lower_bound(choice < 75 ? 0 : any);
      const std::uint64_t place = it == model.end() ? any : it->first;
      ASSERT_EQ(list.erase(place), model.erase(place) == 1);
    }
    const auto found = model.find(any);
    ASSERT_EQ(list.at(any), found == model.end() ? std::nullopt : std::optional(found->second));
    ASSERT_EQ(list.size(), model.size());
  }
}

TEST(ChunkedList, OneWhoNeverMovesDoesNotHoldTheMemoryOfThoseBehind) {
  ChunkedList list;
  list.set(0, 7);
  for (std::uint32_t i = 1; i < 1'000'000; ++i) {
    list.set(i, i);
    list.erase(i);
  }
  EXPECT_EQ(list.at(0), 7u);
  EXPECT_LT(list.memory_bytes(), 20'000u);
  list.erase(0);
  EXPECT_LT(list.memory_bytes(), 5'000u);
}

TEST(ChunkedList, WhereNobodyStaysItGoesOnAndStaysSmall) {
  ChunkedList list;
  for (std::uint32_t i = 0; i < 5'000; ++i) {
    list.set(i, i);
    ASSERT_EQ(list.at(i), i);
    ASSERT_TRUE(list.erase(i));
  }
  EXPECT_LT(list.memory_bytes(), 10'000U);
  list.set(100, 1);  // one who comes back to an early place
  EXPECT_EQ(list.at(100), 1U);
}

}  // namespace
}  // namespace doorward
