#include "api/live/statistics.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace doorward::api::live {
namespace {

using namespace std::chrono_literals;

constexpr LogTime kStart{Millis{1'800'000'000'000}};  // a whole quarter of an hour

void record(Statistics& statistics, int times, unsigned status = 200, bool refused = false) {
  for (int i = 0; i < times; ++i) statistics.record(status, refused, 10ms);
}

TEST(LiveStatistics, RequestsLieInTheStepInWhichTheyEnded) {
  Statistics statistics;
  record(statistics, 3);
  statistics.sample(7, 2, kStart);
  statistics.sample(5, 4, kStart + 9s);
  record(statistics, 2, 429, true);
  record(statistics, 1, 502);
  record(statistics, 1, 0);
  const Series series = statistics.series(Window::minutes_15, kStart + 10s);
  ASSERT_EQ(series.buckets.size(), 90U);
  EXPECT_EQ(series.step, 10s);
  EXPECT_EQ(series.from, kStart + 10s - 89 * 10s);
  const Bucket& before = series.buckets[88];
  EXPECT_EQ(before.requests, 3U);
  EXPECT_EQ(before.waiting, 7U);
  EXPECT_EQ(before.inside, 4U);
  const Bucket& last = series.buckets[89];
  EXPECT_EQ(last.requests, 4U);
  EXPECT_EQ(last.refused, 2U);
  EXPECT_EQ(last.errors, 2U);
  EXPECT_EQ(series.buckets[87].number, -1);
  EXPECT_EQ(statistics.last_day(kStart + 10s).requests, 7U);
}

TEST(LiveStatistics, WhatIsOlderThanItsWindowIsGone) {
  Statistics statistics;
  record(statistics, 3);
  statistics.sample(0, 0, kStart);
  const auto sum = [&](Window window, LogTime now) {
    std::uint64_t requests = 0;
    for (const Bucket& bucket : statistics.series(window, now).buckets) requests += bucket.requests;
    return requests;
  };
  EXPECT_EQ(sum(Window::minutes_15, kStart + 14min), 3U);
  EXPECT_EQ(sum(Window::minutes_15, kStart + 15min), 0U);
  EXPECT_EQ(sum(Window::hour, kStart + 59min), 3U);
  EXPECT_EQ(sum(Window::hour, kStart + 60min), 0U);
  EXPECT_EQ(sum(Window::day, kStart + 23h), 3U);
  EXPECT_EQ(sum(Window::day, kStart + 24h), 0U);
}

TEST(LiveStatistics, AClockThatWasPutBackALittleStandsStill) {
  Statistics statistics;
  statistics.sample(0, 0, kStart);
  record(statistics, 1);
  EXPECT_EQ(statistics.last_day(kStart - 10min).requests, 1U);
  EXPECT_EQ(statistics.series(Window::minutes_15, kStart - 10min).buckets.back().requests, 1U);
  record(statistics, 1);
  EXPECT_EQ(statistics.last_day(kStart - 2h).requests, 1U) << "it began anew";
}

TEST(LiveStatistics, LatenciesAreRightToAnEighth) {
  for (double us = 10; us < 5e6; us *= 1.07) {
    const double ms = LatencyBuckets::middle_ms(LatencyBuckets::of(static_cast<std::uint64_t>(us)));
    EXPECT_NEAR(ms * 1'000, std::floor(us), std::floor(us) * 0.125) << us;
  }
  EXPECT_EQ(LatencyBuckets::of(UINT64_MAX), LatencyBuckets::kCount - 1);
  Statistics statistics;
  record(statistics, 98);
  for (int i = 0; i < 2; ++i) statistics.record(200, false, 1s);
  const Bucket bucket = statistics.series(Window::hour, kStart).buckets.back();
  EXPECT_NEAR(*bucket.latency_ms(0.5), 10, 1.25);
  EXPECT_NEAR(*bucket.latency_ms(0.99), 1'000, 125);
  EXPECT_FALSE(Bucket().latency_ms(0.5));
}

TEST(LiveStatistics, WhoWasRefusedMostComesFirstForHalfADayAtLeast) {
  Statistics statistics;
  statistics.sample(0, 0, kStart);
  for (int i = 0; i < 5; ++i) statistics.record_refused("alice", "api");
  for (int i = 0; i < 9; ++i) statistics.record_refused("bob", "api");
  statistics.record_refused("bob", "login");
  auto top = statistics.top_refused(2, kStart);
  ASSERT_EQ(top.size(), 2U);
  EXPECT_EQ(top[0].key, "bob");
  EXPECT_EQ(top[0].rule, "api");
  EXPECT_EQ(top[0].count, 9U);
  EXPECT_EQ(top[1].key, "alice");
  statistics.sample(0, 0, kStart + 12h);
  statistics.record_refused("alice", "api");
  top = statistics.top_refused(9, kStart + 12h);
  ASSERT_EQ(top.size(), 3U);
  EXPECT_EQ(top[1].count, 6U) << "both halves together";
  EXPECT_TRUE(statistics.top_refused(9, kStart + 36h).empty());
}

TEST(LiveStatistics, OutliveARestart) {
  Statistics before;
  before.sample(0, 0, kStart);
  record(before, 3);
  record(before, 2, 429, true);
  for (int i = 0; i < 2; ++i) before.record_refused("alice", "api");
  const std::string bytes = before.save(kStart + 1s);
  Statistics after;
  ASSERT_TRUE(after.load(bytes, kStart + 1min));
  EXPECT_EQ(after.last_day(kStart + 1min).requests, 5U);
  EXPECT_EQ(after.last_day(kStart + 1min).refused, 2U);
  EXPECT_EQ(after.series(Window::minutes_15, kStart + 1min).buckets[83].requests, 5U);
  ASSERT_EQ(after.top_refused(9, kStart + 1min).size(), 1U);
  EXPECT_EQ(after.top_refused(9, kStart + 1min)[0].count, 2U);
  EXPECT_EQ(after.last_day(kStart + 25h).requests, 0U);
}

TEST(LiveStatistics, ADamagedFileIsRefusedWhole) {
  Statistics before;
  record(before, 3);
  const std::string bytes = before.save(kStart);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    Statistics after;
    std::string torn = bytes;
    torn[i] = static_cast<char>(torn[i] ^ 0x10);
    EXPECT_FALSE(after.load(torn, kStart)) << i;
    EXPECT_FALSE(after.load(bytes.substr(0, i), kStart)) << i;
    EXPECT_EQ(after.last_day(kStart).requests, 0U);
  }
}

}  // namespace
}  // namespace doorward::api::live
