#include "base/space_saving.hpp"

#include <gtest/gtest.h>

#include <map>
#include <random>

namespace doorward {
namespace {

TEST(SpaceSaving, CountsExactlyWhileThereIsRoom) {
  SpaceSaving sketch(4);
  for (int i = 0; i < 10; ++i) sketch.add(i % 2 ? "a" : "b");
  sketch.add("c", 3);
  std::map<std::string, std::uint64_t> counts;
  for (const auto& item : sketch.items()) {
    counts[item.key] = item.count;
    EXPECT_EQ(item.over, 0U);
  }
  EXPECT_EQ(counts, (std::map<std::string, std::uint64_t>{{"a", 5}, {"b", 5}, {"c", 3}}));
}

// A few keys are frequent, and a hundred thousand others come once or twice.
TEST(SpaceSaving, AgainstExactCountsItKeepsItsBounds) {
  constexpr std::size_t kSize = 128;
  SpaceSaving sketch(kSize);
  std::map<std::string, std::uint64_t> exact;
  std::mt19937_64 random(7);
  std::uint64_t total = 0;
  for (int i = 0; i < 300'000; ++i) {
    const std::uint64_t drawn = random();
    const std::string key = std::to_string(drawn % 3 == 0 ? drawn / 3 % 20 : drawn / 3 % 100'000);
    ++exact[key];
    ++total;
    sketch.add(key);
  }
  EXPECT_EQ(sketch.items().size(), kSize);
  std::map<std::string, SpaceSaving::Item> kept;
  for (const auto& item : sketch.items()) {
    kept[item.key] = item;
    EXPECT_GE(item.count, exact[item.key]);
    EXPECT_LE(item.count - item.over, exact[item.key]);
    EXPECT_LE(item.over, total / kSize);
  }
  for (const auto& [key, count] : exact) {
    if (count > total / kSize) {
      EXPECT_TRUE(kept.contains(key)) << key;
    }
  }
}

TEST(SpaceSaving, ClearedItBeginsAnew) {
  SpaceSaving sketch(1);
  sketch.add("a", 9);
  sketch.clear();
  sketch.add("b");
  ASSERT_EQ(sketch.items().size(), 1U);
  EXPECT_EQ(sketch.items()[0].count, 1U);
}

}  // namespace
}  // namespace doorward
