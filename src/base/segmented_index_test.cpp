#include "base/segmented_index.hpp"

#include "base/random_test_support.hpp"

#include <gtest/gtest.h>

#include <map>
#include <vector>

namespace doorward {
namespace {

// Indexes are looked up by a key: here keys[index], as the engine looks into its slab.
class SegmentedIndexTest : public testing::Test {
 protected:
  std::optional<std::uint32_t> find(std::uint64_t hash, std::uint64_t key) const {
    return index_.find(hash, [&](std::uint32_t i) { return keys_.at(i) == key; });
  }
  SegmentedIndex index_;
  std::map<std::uint32_t, std::uint64_t> keys_;
};

TEST_F(SegmentedIndexTest, AgreesWithAMapOverRandomInsertsAndErases) {
  // Few hashes differ: entries crowd together in three segments, and many share a mark.
  const auto hash_of = [](std::uint64_t key) { return (key % 3) << 62 | mix64(key) % 512 << 40; };
  TestRandom random(1);
  std::map<std::uint64_t, std::uint32_t> model;
  std::uint32_t next = 0;
  for (int i = 0; i < 30'000; ++i) {
    const bool growing = i / 5'000 % 2 == 0;
    const std::uint64_t key = random.below(3'000);
    const auto found = model.find(key);
    if (found == model.end()) {
      ASSERT_EQ(find(hash_of(key), key), std::nullopt);
      ASSERT_FALSE(index_.erase(hash_of(key), next));
      if (!growing) continue;
      keys_[next] = key;
      index_.insert(hash_of(key), next);
      model[key] = next++;
    } else {
      ASSERT_EQ(find(hash_of(key), key), found->second);
      if (growing && !random.one_in(4)) continue;
      ASSERT_TRUE(index_.erase(hash_of(key), found->second));
      model.erase(found);
    }
    ASSERT_EQ(index_.size(), model.size());
  }
  for (const auto& [key, index] : model) EXPECT_EQ(find(hash_of(key), key), index);
}

TEST_F(SegmentedIndexTest, SpreadsAHundredThousandAndAsksThePredicateHardlyEverInVain) {
  constexpr std::uint32_t kEntries = 100'000;
  for (std::uint32_t i = 0; i < kEntries; ++i) index_.insert(mix64(i), i);
  std::uint32_t asked = 0;
  for (std::uint32_t i = 0; i < kEntries; ++i) {
    const auto found = index_.find(mix64(i), [&](std::uint32_t candidate) {
      ++asked;
      return candidate == i;
    });
    ASSERT_EQ(found, i);
    ASSERT_FALSE(index_.find(mix64(i + kEntries), [&](std::uint32_t) { return ++asked, false; }));
  }
  EXPECT_LT(asked, kEntries + kEntries / 100);
}

TEST_F(SegmentedIndexTest, GivesMemoryBackWhenItEmpties) {
  constexpr std::uint32_t kEntries = 200'000;
  const std::size_t empty = index_.memory_bytes();
  for (std::uint32_t i = 0; i < kEntries; ++i) index_.insert(mix64(i), i);
  EXPECT_LT(index_.memory_bytes() - empty, 10 * kEntries);
  for (std::uint32_t i = 0; i < kEntries; ++i) ASSERT_TRUE(index_.erase(mix64(i), i));
  EXPECT_EQ(index_.size(), 0u);
  EXPECT_LT(index_.memory_bytes() - empty, kEntries);
}

TEST_F(SegmentedIndexTest, AMarkOfZeroIsStillFound) {
  index_.insert(0, 5);
  EXPECT_EQ(index_.find(0, [](std::uint32_t) { return true; }), 5u);
  EXPECT_TRUE(index_.erase(0, 5));
  EXPECT_FALSE(index_.find(0, [](std::uint32_t) { return true; }));
}

}  // namespace
}  // namespace doorward
