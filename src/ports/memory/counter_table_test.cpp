#include "ports/memory/counter_table.hpp"

#include "base/siphash.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <random>

namespace doorward::ports {
namespace {

// All homes in a small part of the table, so that chains run into each other and around the end.
Hash128 crowded_key(std::uint64_t n) {
  const std::uint64_t home = n % 3 == 0 ? 0xffffffffU : n % 5 << 28;
  return {home << (32 - kShardBits), n};
}

TEST(CounterTable, FindsWhatWasInsertedAndNothingThatWasErased) {
  std::mt19937_64 random(7);
  CounterTable table;
  table.resize(CounterTable::grown(0));
  std::map<std::uint64_t, std::uint32_t> model;
  for (std::uint32_t step = 1; step < 20'000; ++step) {
    const std::uint64_t n = random() % 300;
    CounterSlot* slot = table.find(crowded_key(n));
    ASSERT_EQ(slot != nullptr, model.contains(n)) << "step " << step;
    if (slot != nullptr && random() % 2 == 0) {
      EXPECT_EQ(slot->state.first, model.at(n));
      table.erase(*slot);
      model.erase(n);
    } else if (slot == nullptr) {
      if (!table.has_room()) table.resize(CounterTable::grown(table.capacity()));
      CounterSlot& fresh = table.insert(crowded_key(n));
      fresh.state.first = step;
      fresh.idle = 1;
      model[n] = step;
    }
    ASSERT_EQ(table.size(), model.size());
  }
  for (const auto& [n, value] : model) {
    ASSERT_NE(table.find(crowded_key(n)), nullptr);
    EXPECT_EQ(table.find(crowded_key(n))->state.first, value);
  }
}

TEST(CounterTable, GrowsByAQuarterSoThatItIsNeverLessThanThreeFifthsFull) {
  for (std::uint32_t capacity = 1'000; capacity < 1'000'000;
       capacity = CounterTable::grown(capacity)) {
    const double full = 0.75 * capacity;
    EXPECT_GE(full / CounterTable::grown(capacity), 0.59);
  }
}

TEST(CounterTable, ATickHoldsItsTimesAndStopsAtItsEnds) {
  using limit::Nanos;
  using limit::Time;
  EXPECT_EQ(tick_of(Time{Nanos{0}}), 0U);
  EXPECT_EQ(tick_of(Time{Nanos{(1 << 30) - 1}}), 0U);
  EXPECT_EQ(tick_of(Time{Nanos{1 << 30}}), 1U);
  EXPECT_EQ(tick_of(Time::min()), 0U);
  EXPECT_EQ(tick_of(Time::max()), UINT32_MAX - 1);
}

TEST(CounterTable, WeighsABucketByItsRestAndOthersByTheirCount) {
  CounterSlot bucket;
  bucket.bucket = true;
  bucket.idle = 100;
  bucket.whole = 6;  // a whole refill takes up to 64 ticks
  EXPECT_EQ(bucket.weight(100), 0U);
  EXPECT_EQ(bucket.weight(99), 4U);
  EXPECT_EQ(bucket.weight(68), 128U);
  EXPECT_EQ(bucket.weight(1), 256U);

  CounterSlot window;
  window.idle = 100;
  window.whole = 5;  // a limit up to 32
  window.state.first = 5;
  window.state.second = 3;
  EXPECT_EQ(window.weight(100), 0U);
  EXPECT_EQ(window.weight(99), 64U);
  EXPECT_EQ(window.weight(1), 64U);
}

}  // namespace
}  // namespace doorward::ports
