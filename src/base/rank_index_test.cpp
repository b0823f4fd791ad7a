#include "base/rank_index.hpp"

#include "base/random_test_support.hpp"

#include <gtest/gtest.h>

#include <iterator>
#include <set>

namespace doorward {
namespace {

using Places = std::set<std::uint64_t>;

void expect_same_at(const RankIndex& index, const Places& model, std::uint64_t place) {
  const auto at = model.lower_bound(place);
  const auto rank = static_cast<std::uint64_t>(std::distance(model.begin(), at));
  ASSERT_EQ(index.rank(place), rank) << place;
  ASSERT_EQ(index.test(place), model.count(place) == 1) << place;
  ASSERT_EQ(index.count(), model.size());
  const auto expected = at == model.end() ? std::nullopt : std::optional(*at);
  ASSERT_EQ(index.select(rank), expected);
  ASSERT_EQ(index.first_alive(), model.empty() ? std::nullopt : std::optional(*model.begin()));
}

TEST(RankIndex, AgreesWithASetOverRandomArrivalsAndDepartures) {
  TestRandom random(1);
  RankIndex index;
  Places model;
  for (int i = 0; i < 300'000; ++i) {
    // Phases of growth, and of departures from the head, the middle and everywhere.
    const auto phase = i / 30'000 % 4;
    if (phase == 0 || random.one_in(3)) {
      const auto place = index.push_back();
      ASSERT_TRUE(model.insert(model.end(), place) != model.end());
    } else if (!model.empty()) {
      const auto from = phase == 1 ? 0 : phase == 2 ? index.end() / 2 : random.below(index.end());
      auto it = model.lower_bound(from);
      if (it == model.end()) it = model.begin();
      ASSERT_TRUE(index.clear(*it));
      ASSERT_FALSE(index.clear(*it));
      model.erase(it);
    }
    if (random.one_in(1'000)) {
      expect_same_at(index, model, random.below(index.end() + 2));
      if (!model.empty()) expect_same_at(index, model, *model.begin());
    }
  }
}

TEST(RankIndex, GivesPlacesForEverAndItsMemoryBack) {
  RankIndex index;
  for (std::uint64_t i = 0; i < 1'000'000; ++i) {
    ASSERT_EQ(index.push_back(), i);
    if (i >= 100) {
      ASSERT_TRUE(index.clear(i - 100));
    }
  }
  EXPECT_EQ(index.count(), 100u);
  EXPECT_EQ(index.rank(1'000'000), 100u);
  EXPECT_EQ(index.first_alive(), 999'900u);
  EXPECT_LT(index.memory_bytes(), 16'000u);
}

TEST(RankIndex, OneWhoNeverMovesDoesNotHoldTheMemoryOfThoseBehind) {
  RankIndex index;
  index.push_back();
  for (std::uint64_t i = 1; i < 1'000'000; ++i) {
    index.push_back();
    index.clear(i);
  }
  EXPECT_EQ(index.count(), 1u);
  EXPECT_EQ(index.rank(999'999), 1u);
  EXPECT_LT(index.memory_bytes(), 16'000u);
}

TEST(RankIndex, IsRebuiltFromItsAlivePlacesInAnyOrder) {
  TestRandom random(2);
  RankIndex index(400'000);
  Places model;
  for (int i = 0; i < 5'000; ++i) {
    const auto place = 70'000 + random.below(330'000);
    ASSERT_EQ(index.set(place), model.insert(place).second);
  }
  for (int i = 0; i < 200; ++i) expect_same_at(index, model, random.below(400'001));
  EXPECT_EQ(index.push_back(), 400'000u);
  EXPECT_EQ(index.rank(400'000), model.size());
}

TEST(RankIndex, PlacesMayBeReservedAndSetLater) {
  RankIndex index;
  index.push_back();
  index.extend(100'000);
  EXPECT_EQ(index.count(), 1u);
  EXPECT_FALSE(index.test(50'000));
  EXPECT_EQ(index.push_back(), 100'001u);
  EXPECT_TRUE(index.set(50'000));
  EXPECT_TRUE(index.clear(50'000));
  EXPECT_TRUE(index.clear(0));
  EXPECT_TRUE(index.set(3));  // before the window, which had moved on
  EXPECT_EQ(index.first_alive(), 3u);
  EXPECT_EQ(index.rank(100'001), 1u);
}

TEST(RankIndex, AnEmptyOneHasNoFirst) {
  const RankIndex index;
  EXPECT_EQ(index.first_alive(), std::nullopt);
  EXPECT_EQ(index.rank(5), 0u);
  EXPECT_FALSE(index.test(0));
  EXPECT_FALSE(RankIndex(7).clear(3));
}

}  // namespace
}  // namespace doorward
