#include "wire/rate_limit/headers.hpp"

#include "wire/rate_limit/dialects.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace doorward::wire {
namespace {

using limit::Algorithm;
using limit::Decision;
using limit::Dialect;
using limit::Nanos;
using limit::Quota;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

const limit::Time kNow{Nanos(seconds(1'700'000'000)) + milliseconds(250)};
const Quota kMinute{Algorithm::sliding_counter, 100, minutes(1)};
const Quota kDay{Algorithm::fixed_window, 1'000, hours(24)};

LimitReport passed(std::string_view name, const Quota& quota, std::uint64_t remaining,
                   Nanos reset) {
  return {name, &quota, {true, limit::capacity(quota), remaining, reset, Nanos{}}};
}

LimitReport refused(std::string_view name, const Quota& quota, Nanos retry_after, Nanos reset) {
  return {name, &quota, {false, limit::capacity(quota), 0, reset, retry_after}};
}

std::string shown(Dialect dialect, const std::vector<LimitReport>& reports) {
  Fields fields;
  set_rate_limit_fields(fields, dialect, reports, kNow);
  std::string out;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    out.append(fields[i].name).append(": ").append(fields[i].value).append("\n");
  }
  return out;
}

TEST(RateLimitHeaders, SayEveryPolicyAsTheDraftDoes) {
  EXPECT_EQ(shown(Dialect::ietf, {passed("burst", kMinute, 50, milliseconds(29'001)),
                                  passed("daily", kDay, 999, hours(3))}),
            "RateLimit-Policy: \"burst\";q=100;w=60, \"daily\";q=1000;w=86400\n"
            "RateLimit: \"burst\";r=50;t=30, \"daily\";r=999;t=10800\n");
}

TEST(RateLimitHeaders, SayConcurrencyWithoutATime) {
  const Quota quota{Algorithm::concurrency, 5, seconds(30)};
  EXPECT_EQ(shown(Dialect::ietf, {passed("at-once", quota, 4, seconds(30))}),
            "RateLimit-Policy: \"at-once\";q=5;qu=\"concurrent-requests\"\n"
            "RateLimit: \"at-once\";r=4\n");
}

TEST(RateLimitHeaders, TellWhatAQuotaSaysNowNotWhatLayThereBefore) {
  Quota quota{Algorithm::fixed_window, 10, seconds(1)};
  const auto policy = [&](std::string_view name) {
    const std::string all = shown(Dialect::ietf, {passed(name, quota, 1, seconds(1))});
    return all.substr(0, all.find('\n'));
  };
  EXPECT_EQ(policy("a"), "RateLimit-Policy: \"a\";q=10;w=1");
  quota.limit = 20;
  EXPECT_EQ(policy("a"), "RateLimit-Policy: \"a\";q=20;w=1");
  EXPECT_EQ(policy("b"), "RateLimit-Policy: \"b\";q=20;w=1");
}

TEST(RateLimitHeaders, TellALargerBurstAsTheSameRate) {
  // Five a second, ten at once: ten in two seconds.
  const Quota quota{Algorithm::gcra, 5, seconds(1), 10};
  EXPECT_EQ(shown(Dialect::ietf, {passed("b", quota, 9, milliseconds(200))}),
            "RateLimit-Policy: \"b\";q=10;w=2\nRateLimit: \"b\";r=9;t=1\n");
  const Quota small{Algorithm::gcra, 100, minutes(1), 10};
  EXPECT_EQ(shown(Dialect::ietf, {passed("b", small, 9, seconds(1))}),
            "RateLimit-Policy: \"b\";q=100;w=60\nRateLimit: \"b\";r=9;t=1\n");
}

TEST(RateLimitHeaders, RoundAShortWindowUp) {
  const Quota quota{Algorithm::fixed_window, 7, milliseconds(1'500)};
  EXPECT_EQ(shown(Dialect::ietf, {passed("w", quota, 7, Nanos{})}),
            "RateLimit-Policy: \"w\";q=7;w=2\nRateLimit: \"w\";r=7;t=0\n");
}

TEST(RateLimitHeaders, QuoteNamesAndEncodePartitions) {
  LimitReport report = passed("a\"b\\c\xc3\xa9\r\n", kMinute, 1, seconds(1));
  report.partition_key =
      "\xfb\xff\xbe"
      "1";
  EXPECT_EQ(shown(Dialect::ietf, {report}),
            "RateLimit-Policy: \"a\\\"b\\\\c????\";q=100;w=60;pk=:+/++MQ==:\n"
            "RateLimit: \"a\\\"b\\\\c????\";r=1;t=1;pk=:+/++MQ==:\n");
}

TEST(RateLimitHeaders, SayWhenARefusedCallPassesAgain) {
  EXPECT_EQ(shown(Dialect::ietf, {refused("burst", kMinute, milliseconds(2'001), seconds(60))}),
            "RateLimit-Policy: \"burst\";q=100;w=60\nRateLimit: \"burst\";r=0;t=3\n");
}

TEST(RateLimitHeaders, ShowTheTightestInXRateLimitWithEpochSeconds) {
  const auto daily = passed("daily", kDay, 7, seconds(10));
  const auto burst = passed("burst", kMinute, 50, seconds(30));
  EXPECT_EQ(shown(Dialect::x_ratelimit, {burst, daily}),
            "X-RateLimit-Limit: 1000\nX-RateLimit-Remaining: 7\nX-RateLimit-Reset: 1700000011\n");
  EXPECT_EQ(
      shown(Dialect::x_ratelimit, {daily, refused("burst", kMinute, seconds(5), seconds(60))}),
      "X-RateLimit-Limit: 100\nX-RateLimit-Remaining: 0\nX-RateLimit-Reset: 1700000006\n");
}

TEST(RateLimitHeaders, SpeakAsEnvoyDoes) {
  const Quota quota{Algorithm::fixed_window, 10, seconds(1)};
  EXPECT_EQ(shown(Dialect::envoy,
                  {passed("per-ip", quota, 9, seconds(1)), passed("daily", kDay, 999, hours(1))}),
            "X-RateLimit-Limit: 10, 10;w=1;name=\"per-ip\", 1000;w=86400;name=\"daily\"\n"
            "X-RateLimit-Remaining: 9\nX-RateLimit-Reset: 1\n");
}

TEST(RateLimitHeaders, SpeakAsKongDoes) {
  EXPECT_EQ(shown(Dialect::kong, {passed("m", kMinute, 9, seconds(20))}),
            "RateLimit-Limit: 100\nRateLimit-Remaining: 9\nRateLimit-Reset: 20\n"
            "X-RateLimit-Limit-Minute: 100\nX-RateLimit-Remaining-Minute: 9\n");
  const Quota odd{Algorithm::fixed_window, 10, seconds(7)};
  EXPECT_EQ(shown(Dialect::kong, {passed("m", odd, 9, seconds(7))}),
            "RateLimit-Limit: 10\nRateLimit-Remaining: 9\nRateLimit-Reset: 7\n");
}

TEST(RateLimitHeaders, SpeakAsSpringDoes) {
  const Quota fast{Algorithm::token_bucket, 10, seconds(1), 20};
  EXPECT_EQ(shown(Dialect::spring, {passed("s", fast, 19, seconds(1))}),
            "X-RateLimit-Remaining: 19\nX-RateLimit-Replenish-Rate: 10\n"
            "X-RateLimit-Burst-Capacity: 20\nX-RateLimit-Requested-Tokens: 1\n");
  const Quota slow{Algorithm::token_bucket, 30, minutes(1), 20};
  EXPECT_EQ(shown(Dialect::spring, {passed("s", slow, 19, seconds(1))}),
            "X-RateLimit-Remaining: 38\nX-RateLimit-Replenish-Rate: 1\n"
            "X-RateLimit-Burst-Capacity: 40\nX-RateLimit-Requested-Tokens: 2\n");
  const Quota largest{Algorithm::token_bucket, 999'999'937, limit::kMaxWindow - Nanos(1),
                      limit::kMaxLimit};
  EXPECT_EQ(shown(Dialect::spring, {passed("s", largest, limit::kMaxLimit, seconds(1))}),
            "X-RateLimit-Remaining: 999999999999999\n"
            "X-RateLimit-Replenish-Rate: 999999937000000000\n"
            "X-RateLimit-Burst-Capacity: 999999999999999\n"
            "X-RateLimit-Requested-Tokens: 999999999999999\n");
}

TEST(RateLimitHeaders, ReplaceWhatStoodThere) {
  Fields fields;
  fields.append("ratelimit", "\"upstream\";r=1");
  const std::vector<LimitReport> one{passed("mine", kMinute, 3, seconds(1))};
  set_rate_limit_fields(fields, Dialect::ietf, one, kNow);
  EXPECT_EQ(fields.count("RateLimit"), 1U);
  EXPECT_EQ(fields.find("RateLimit"), "\"mine\";r=3;t=1");
}

TEST(RateLimitHeaders, SayNothingOfNoLimit) {
  for (const Dialect dialect : {Dialect::ietf, Dialect::x_ratelimit, Dialect::envoy, Dialect::kong,
                                Dialect::spring, Dialect::none}) {
    EXPECT_EQ(shown(dialect, {}), "");
  }
  EXPECT_EQ(shown(Dialect::none, {passed("m", kMinute, 9, seconds(20))}), "");
}

TEST(RetryAfter, IsTheLongestWaitInWholeSecondsAndAtLeastOne) {
  using Reports = std::vector<LimitReport>;
  EXPECT_EQ(retry_after_seconds(Reports{passed("a", kMinute, 1, seconds(9))}), std::nullopt);
  EXPECT_EQ(retry_after_seconds(Reports{refused("a", kMinute, Nanos(1), seconds(9))}), 1U);
  EXPECT_EQ(retry_after_seconds(Reports{refused("a", kMinute, milliseconds(1'000), seconds(9))}),
            1U);
  EXPECT_EQ(retry_after_seconds(Reports{refused("a", kMinute, milliseconds(1'001), seconds(9))}),
            2U);
  EXPECT_EQ(retry_after_seconds(Reports{refused("a", kMinute, seconds(2), seconds(9)),
                                        refused("b", kDay, hours(1), hours(5)),
                                        passed("c", kDay, 1, hours(9))}),
            3'600U);
  EXPECT_EQ(retry_after_seconds(Reports{refused("a", kMinute, limit::kNever, seconds(9))}),
            std::nullopt);
}

TEST(RetryAfter, TakesTheJitterThatIsGiven) {
  LimitReport report = refused("a", kMinute, seconds(2), seconds(9));
  report.jitter = milliseconds(1'500);
  EXPECT_EQ(retry_after_seconds(std::span(&report, 1)), 4U);
  report.decision.retry_after = limit::kNever - Nanos(1);
  EXPECT_EQ(ceil_seconds(shown_reset(report)), 9'223'372'037U);
}

}  // namespace
}  // namespace doorward::wire
