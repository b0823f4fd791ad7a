// What the algorithms share: bounds of quotas, their sentences, costs, peeks, forgetting, saving.
#include "base/random_test_support.hpp"
#include "core/limit/decide.hpp"
#include "core/limit/leases.hpp"
#include "core/limit/sliding_log.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace doorward::limit {
namespace {

using namespace std::chrono_literals;

constexpr Time kNow{Nanos{1'800'000'000'123'456'789}};
constexpr Algorithm kSmall[] = {Algorithm::fixed_window, Algorithm::sliding_counter,
                                Algorithm::token_bucket, Algorithm::gcra};

Quota quota_of(Algorithm algorithm, std::uint64_t limit = 5, Nanos window = 1s) {
  return {algorithm, limit, window, 0, false};
}

TEST(Quota, IsRefusedWithTheFieldAndTheRemedy) {
  struct Case {
    Quota quota;
    const char* says;  // nothing: it is good
  };
  const Case cases[] = {
      {quota_of(Algorithm::fixed_window), ""},
      {quota_of(Algorithm::fixed_window, 1, 100ms), ""},
      {quota_of(Algorithm::gcra, 1'000'000'000, 24h * 30), ""},
      {quota_of(Algorithm::gcra, 0), "limit: is 0; choose from 1 to 1000000000"},
      {quota_of(Algorithm::gcra, 1'000'000'001),
       "limit: is 1000000001; choose from 1 to 1000000000"},
      {quota_of(Algorithm::concurrency, 10'001), "limit: is 10001; choose from 1 to 10000"},
      {quota_of(Algorithm::sliding_log, 100'001),
       "limit: is 100001; choose from 1 to 100000, or the algorithm sliding_counter"},
      {quota_of(Algorithm::gcra, 5, 99ms), "window: is 99ms; choose from 100ms to 30d"},
      {quota_of(Algorithm::gcra, 5, 0s), "window: is 0ns; choose from 100ms to 30d"},
      {quota_of(Algorithm::gcra, 5, -1s), "window: is -1s; choose from 100ms to 30d"},
      {quota_of(Algorithm::gcra, 5, 24h * 30 + 1ns),
       "window: is 2592000000000001ns; choose from 100ms to 30d"},
      {{Algorithm::token_bucket, 5, 1s, 1'000'000'001, false},
       "burst: is 1000000001; choose from 1 to 1000000000"},
      {{Algorithm::token_bucket, 1, 24h * 30, 121, false}, ""},
      {{Algorithm::token_bucket, 1, 24h * 30, 122, false},
       "burst: would take more than ten years to refill; choose at most 121, or a higher limit"},
      {{Algorithm::fixed_window, 5, 1s, 5, false},
       "burst: means nothing to fixed_window; leave it out, or choose token_bucket or gcra"},
      {{Algorithm::concurrency, 5, 1s, 0, true},
       "count_refused: means nothing to concurrency, which counts holders; leave it out"},
  };
  for (const Case& c : cases) {
    const auto checked = validate(c.quota);
    EXPECT_EQ(checked ? "" : checked.error().what, c.says);
  }
}

TEST(Algorithm, NamesAreReadAsTheyAreWritten) {
  for (int i = 0; i <= static_cast<int>(Algorithm::concurrency); ++i) {
    const auto algorithm = static_cast<Algorithm>(i);
    EXPECT_EQ(parse_algorithm(to_string(algorithm)), algorithm);
  }
  EXPECT_EQ(parse_algorithm("leaky_bucket"), std::nullopt);
}

TEST(Divider, AgreesWithDivision) {
  TestRandom random(1);
  for (int i = 0; i < 1'000'000; ++i) {
    const std::uint64_t by = (random.next() >> (2 + random.below(60))) + 2;
    const auto q = static_cast<std::uint32_t>(random.next() >> random.below(64));
    const Divider divide(by);
    for (const std::uint64_t rest : {std::uint64_t{0}, by - 1, random.below(by)}) {
      ASSERT_EQ(divide(static_cast<Wide>(q) * by + rest), q) << q << " * " << by << " + " << rest;
    }
  }
}

TEST(Limit, ACallThatCanNeverPassIsToldApart) {
  for (const Algorithm algorithm : kSmall) {
    const CompiledQuota quota(quota_of(algorithm));
    for (const std::uint64_t cost : {std::uint64_t{6}, std::uint64_t{1} << 63, UINT64_MAX}) {
      State state;
      const Decision refused = decide(state, quota, kNow, cost);
      EXPECT_FALSE(refused.allowed);
      EXPECT_TRUE(refused.never_passes());
      EXPECT_EQ(refused.remaining, 5U);
    }
  }
}

TEST(Limit, CostZeroPassesEvenWhereNothingIsLeft) {
  for (const Algorithm algorithm : kSmall) {
    const CompiledQuota quota(quota_of(algorithm));
    State state;
    EXPECT_TRUE(decide(state, quota, kNow, 5).allowed);
    const State before = state;
    EXPECT_FALSE(peek(state, quota, kNow, 1).allowed);
    EXPECT_TRUE(decide(state, quota, kNow, 0).allowed);
    EXPECT_EQ(state, before);
  }
}

TEST(Limit, RefusedHitsKeepACallerOutOnlyIfTheyAreCounted) {
  struct Case {
    Algorithm algorithm;
    std::uint64_t passed;          // of 100 calls a second against 5, in the tenth second
    std::uint64_t passed_counted;  // with count_refused
  };
  const Case cases[] = {{Algorithm::fixed_window, 5, 5},
                        {Algorithm::sliding_counter, 4, 0},  // the estimate is rounded up
                        {Algorithm::token_bucket, 5, 0},
                        {Algorithm::gcra, 5, 0}};
  for (const Case& c : cases) {
    for (const bool counted : {false, true}) {
      Quota words = quota_of(c.algorithm);
      words.count_refused = counted;
      const CompiledQuota quota(words);
      State state;
      std::uint64_t passed = 0;
      for (int i = 0; i < 1'000; ++i) {
        const bool allowed = decide(state, quota, Time{i * 10ms}, 1).allowed;
        if (allowed && i >= 900) ++passed;
      }
      EXPECT_EQ(passed, counted ? c.passed_counted : c.passed) << to_string(c.algorithm);
    }
  }
}

// docs/limits.md: hits of a window weigh until the end of the next one.
TEST(Limit, ASlidingCounterMayTellOfMoreThanItsWindowWhereTheLogDoesNot) {
  const Quota words{Algorithm::sliding_counter, 5, 1min, 0, false};
  const CompiledQuota quota(words);
  for (const auto& [after, wait, reset] :
       {std::tuple{0s, 72s, 120s}, std::tuple{9s, 63s, 111s}, std::tuple{59s, 13s, 61s}}) {
    const Time now{2min + after};
    State state;
    for (int i = 0; i < 5; ++i) EXPECT_TRUE(decide(state, quota, now, 1).allowed);
    const Decision refused = decide(state, quota, now, 1);
    EXPECT_EQ(refused.retry_after, Nanos{wait});
    EXPECT_EQ(refused.reset, Nanos{reset});
    EXPECT_FALSE(peek(state, quota, now + wait - 1ns, 1).allowed);
    EXPECT_TRUE(peek(state, quota, now + wait, 1).allowed);
  }
}

TEST(Limit, AnIdleStateIsAsGoodAsAFreshOne) {
  TestRandom random(7);
  for (const Algorithm algorithm : kSmall) {
    for (int i = 0; i < 10'000; ++i) {
      const CompiledQuota quota(quota_of(algorithm, random.below(20) + 1, 100ms + Nanos{i}));
      State state;
      Time now = kNow;
      for (std::uint64_t calls = random.below(30); calls > 0; --calls) {
        now += Nanos{static_cast<std::int64_t>(random.below(20'000'000))};
        decide(state, quota, now, random.below(3));
      }
      const Time idle = std::max(now, idle_at(state, quota));
      EXPECT_EQ(peek(state, quota, idle, 1), peek(State{}, quota, idle, 1));
    }
  }
}

TEST(Limit, AClockPutBackByADayCostsAtMostOneLimit) {
  for (const Algorithm algorithm : kSmall) {
    const CompiledQuota quota(quota_of(algorithm));
    State state;
    for (int i = 0; i < 9; ++i) decide(state, quota, kNow, 1);
    const Time back = kNow - 24h;
    EXPECT_FALSE(decide(state, quota, back, 1).allowed);
    EXPECT_TRUE(peek(state, quota, back + 2s, 1).allowed);
  }
}

TEST(Limit, AStateOfAnotherQuotaDoesNoHarm) {
  const CompiledQuota before({Algorithm::gcra, 999'999'937, 1s, 0, false});
  const CompiledQuota after({Algorithm::gcra, 7, 1s, 0, false});
  State state;
  for (int i = 0; i < 100; ++i) decide(state, before, kNow, 3);
  for (int i = 0; i < 6; ++i) EXPECT_TRUE(decide(state, after, kNow, 1).allowed);
  EXPECT_FALSE(decide(state, after, kNow, 1).allowed);
}

TEST(Limit, AFixedWindowMadeLongerBeginsAtAMultipleOfItsLength) {
  const CompiledQuota before({Algorithm::fixed_window, 10, 1s, 0, false});
  const CompiledQuota after({Algorithm::fixed_window, 10, 1h, 0, false});
  const Time at = Time{std::chrono::hours{400'000}} + 59min + 30s;
  State state;
  EXPECT_TRUE(decide(state, before, at, 10).allowed);
  const Decision refused = decide(state, after, at + 1ms, 1);
  EXPECT_FALSE(refused.allowed);
  EXPECT_EQ(refused.retry_after, 30s - 1ms);
  EXPECT_TRUE(decide(state, after, at + 30s, 10).allowed);
  EXPECT_EQ(decide(state, after, at + 31s, 1).retry_after, 1h - 1s);
}

TEST(SlidingLog, HoldsTwelveBytesAHitAndGivesThemBack) {
  const CompiledQuota quota(quota_of(Algorithm::sliding_log, 10'000, 1s));
  SlidingLog log;
  EXPECT_EQ(log.memory_bytes(), 0U);
  for (int i = 0; i < 10'000; ++i) log.decide(quota, kNow + Nanos{i}, 1);
  EXPECT_GE(log.memory_bytes(), 120'000U);
  EXPECT_LE(log.memory_bytes(), 2 * 120'000U);
  for (int i = 0; i < 20; ++i) log.decide(quota, kNow + 2s + Nanos{i}, 1);
  EXPECT_LE(log.memory_bytes(), 120'000U);
  for (int i = 0; i < 20; ++i) log.decide(quota, kNow + (4s + i * 2s), 1);
  EXPECT_LE(log.memory_bytes(), 500U);
}

TEST(SlidingLog, IsReadAsItWasWritten) {
  const CompiledQuota quota(quota_of(Algorithm::sliding_log, 1'000, 1s));
  SlidingLog log;
  for (int i = 0; i < 500; ++i) log.decide(quota, kNow + i * 3ms, 2);
  ByteWriter out;
  log.write(out);
  ByteReader in(out.view());
  EXPECT_EQ(SlidingLog::read(in), log);
  EXPECT_TRUE(in.finished());
  for (std::size_t end = 0; end < out.size(); ++end) {
    ByteReader torn(out.view().substr(0, end));
    EXPECT_EQ(SlidingLog::read(torn), SlidingLog{});
    EXPECT_FALSE(torn.ok());
  }
}

TEST(Leases, ASlotComesBackByReleaseOrWhenTheLeaseEnds) {
  const CompiledQuota quota(quota_of(Algorithm::concurrency, 2, 30s));
  Leases leases;
  EXPECT_TRUE(leases.acquire(quota, kNow, 1, 1).allowed);
  EXPECT_TRUE(leases.acquire(quota, kNow + 1s, 2, 1).allowed);
  const Decision refused = leases.acquire(quota, kNow + 2s, 3, 1);
  EXPECT_FALSE(refused.allowed);
  EXPECT_EQ(refused.retry_after, 28s);
  EXPECT_TRUE(leases.release(quota, kNow + 2s, 2));
  EXPECT_FALSE(leases.release(quota, kNow + 2s, 2));
  EXPECT_TRUE(leases.acquire(quota, kNow + 2s, 3, 1).allowed);
  EXPECT_TRUE(leases.acquire(quota, kNow + 30s, 4, 1).allowed);  // the lease of 1 ended
  EXPECT_FALSE(leases.renew(quota, kNow + 30s, 1));
  EXPECT_TRUE(leases.renew(quota, kNow + 30s, 3));
  EXPECT_EQ(leases.peek(quota, kNow + 30s, 1).retry_after, 30s);
}

TEST(Leases, ARepeatedAcquireTakesNothingTwice) {
  const CompiledQuota quota(quota_of(Algorithm::concurrency, 2, 30s));
  Leases leases;
  EXPECT_EQ(leases.acquire(quota, kNow, 7, 2).remaining, 0U);
  EXPECT_TRUE(leases.acquire(quota, kNow + 20s, 7, 2).allowed);
  EXPECT_EQ(leases.peek(quota, kNow + 20s, 1).retry_after, 30s);
}

}  // namespace
}  // namespace doorward::limit
