#include "api/redis/throttle.hpp"

#include "api/redis/redis_test_support.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace doorward::api::redis {
namespace {

using Words = std::vector<std::string>;

std::string reply(int limited, int limit, int remaining, int retry_after, int reset) {
  std::string out = "*5\r\n";
  for (const int number : {limited, limit, remaining, retry_after, reset}) {
    out += ":" + std::to_string(number) + "\r\n";
  }
  return out;
}

// The cases of redis-cell's own test: five at once, one a second.
TEST(Throttle, DecidesAsRedisCellDoes) {
  struct Row {
    int at_ms;
    const char* quantity;
    std::string reply;
  };
  const std::vector<Row> rows = {
      {0, "6", reply(1, 5, 5, -1, 0)},     {0, "1", reply(0, 5, 4, -1, 1)},
      {0, "1", reply(0, 5, 3, -1, 2)},     {0, "1", reply(0, 5, 2, -1, 3)},
      {0, "1", reply(0, 5, 1, -1, 4)},     {0, "1", reply(0, 5, 0, -1, 5)},
      {0, "1", reply(1, 5, 0, 1, 5)},      {3'000, "1", reply(0, 5, 2, -1, 3)},
      {3'100, "1", reply(0, 5, 1, -1, 4)},  // 3.9 s, rounded up
      {4'000, "1", reply(0, 5, 1, -1, 4)}, {8'000, "1", reply(0, 5, 4, -1, 1)},
      {9'500, "1", reply(0, 5, 4, -1, 1)}, {9'500, "0", reply(0, 5, 4, -1, 1)},
      {9'500, "2", reply(0, 5, 2, -1, 3)}, {9'500, "5", reply(1, 5, 2, 3, 3)},
  };
  TestRedis redis;
  int now = 0;
  for (const Row& row : rows) {
    redis.clock.advance(Millis(row.at_ms - now));
    now = row.at_ms;
    EXPECT_EQ(redis.say({"CL.THROTTLE", "foo", "4", "1", "1", row.quantity}), row.reply)
        << row.at_ms << " " << row.quantity;
  }
}

TEST(Throttle, AnswersTheExampleOfRedisCellsPage) {
  TestRedis redis;
  EXPECT_EQ(redis.say({"cl.throttle", "user123", "15", "30", "60"}), reply(0, 16, 15, -1, 2));
  EXPECT_EQ(redis.say({"cl.throttle", "user123", "15", "30", "60"}), reply(0, 16, 14, -1, 4));
  EXPECT_EQ(redis.say({"cl.throttle", "other", "15", "30", "60"}), reply(0, 16, 15, -1, 2));
}

TEST(Throttle, KeepsAKeysCountWhenItsQuotaChanges) {
  TestRedis redis;
  EXPECT_EQ(redis.say({"cl.throttle", "k", "4", "1", "1", "5"}), reply(0, 5, 0, -1, 5));
  EXPECT_EQ(redis.say({"cl.throttle", "k", "9", "1", "1"}), reply(0, 10, 4, -1, 6));
}

TEST(Throttle, CountsWhatPassedAndWhatDidNot) {
  TestRedis redis;
  for (int i = 0; i < 5; ++i) redis.say({"cl.throttle", "k", "2", "1", "60"});
  EXPECT_EQ(redis.redis.stats().passed, 3U);
  EXPECT_EQ(redis.redis.stats().limited, 2U);
}

TEST(Throttle, RefusesBadCallsWithTheReasonAndCountsNothing) {
  const std::string usage =
      "-Cell error: Store error: Usage: cl.throttle <key> <max_burst> <count per period> <period> "
      "[<quantity>]\r\n";
  const auto no_number = [](std::string_view text) {
    return "-Cell error: Store error: Couldn't parse as integer: " + std::string(text) + "\r\n";
  };
  const std::string zero = "-Cell error: Store error: Zero rates are not supported\r\n";
  struct Row {
    Words words;
    std::string reply;
  };
  const std::string i64 = "9223372036854775808";
  const std::vector<Row> rows = {
      {{}, usage},
      {{"k"}, usage},
      {{"k", "1", "1"}, usage},
      {{"k", "1", "1", "1", "1", "1"}, usage},
      {{"k", "x", "1", "1"}, no_number("x")},
      {{"k", "1", "", "1"}, no_number("")},
      {{"k", "1", "1", "1.5"}, no_number("1.5")},
      {{"k", "1", "1", "1", " 1"}, no_number(" 1")},
      {{"k", "1", "1", "1", "1 "}, no_number("1 ")},
      {{"k", "0x1", "1", "1"}, no_number("0x1")},
      {{"k", "+-1", "1", "1"}, no_number("+-1")},
      {{"k", "+", "1", "1"}, no_number("+")},
      {{"k", i64, "1", "1"}, no_number(i64)},
      {{"k", "1", "0", "1"}, zero},
      {{"k", "1", "1", "0"}, zero},
      {{"k", "-1", "1", "1"},
       "-Cell error: Store error: max_burst is -1; choose from 0 to 999999999\r\n"},
      {{"k", "1000000000", "1", "1"},
       "-Cell error: Store error: max_burst is 1000000000; choose from 0 to 999999999\r\n"},
      {{"k", "1", "-5", "1"},
       "-Cell error: Store error: count per period is -5; choose from 1 to 1000000000\r\n"},
      {{"k", "1", "1", "2592001"},
       "-Cell error: Store error: period is 2592001; choose from 1 to 2592000\r\n"},
      {{"k", "1", "1", "1", "-1"},
       "-Cell error: Store error: quantity is -1; choose from 0 to 9223372036854775807\r\n"},
  };
  TestRedis redis;
  for (Row row : rows) {
    row.words.insert(row.words.begin(), "CL.THROTTLE");
    EXPECT_EQ(redis.say(row.words), row.reply) << testing::PrintToString(row.words);
  }
  EXPECT_EQ(redis.store.stats().keys, 0U);
}

TEST(Throttle, RefusesABurstThatTakesTooLongToRefill) {
  TestRedis redis;
  const std::string said = redis.say({"cl.throttle", "k", "999999999", "1", "2592000"});
  EXPECT_TRUE(said.starts_with("-Cell error: Store error: burst")) << said;
}

TEST(Throttle, TakesAnyBytesAsAKeyAndTheLargestQuantity) {
  TestRedis redis;
  const std::string key("\0\r\n\xff", 4);
  EXPECT_EQ(redis.say({"cl.throttle", key, "+01", "1", "1"}), reply(0, 2, 1, -1, 1));
  EXPECT_EQ(redis.say({"cl.throttle", key, "1", "1", "1", "9223372036854775807"}),
            reply(1, 2, 1, -1, 1));
}

TEST(Throttle, DecisionsStandInStatisticsAndEvents) {
  TestRedis redis;
  live::Live& live = redis.live;
  live.statistics().sample(0, 0, live.now());
  std::uint64_t cursor = live.bus().join();
  for (int i = 0; i < 3; ++i) redis.say({"CL.THROTTLE", "user\xff", "1", "1", "60"});
  redis.say({"CL.THROTTLE", "user\xff", "1", "1", "60", "0"});
  redis.say({"CL.THROTTLE", "user\xff", "1", "0", "60"});
  const live::Totals totals = live.statistics().last_day(live.now());
  EXPECT_EQ(totals.requests, 3u);
  EXPECT_EQ(totals.refused, 1u);
  const auto refused = live.statistics().top_refused(10, live.now());
  ASSERT_EQ(refused.size(), 1u);
  EXPECT_EQ(refused[0].key, "user?");
  EXPECT_EQ(refused[0].rule, "CL.THROTTLE");
  EXPECT_EQ(live.clients().status("user?", live.now())->total_requests, 3u);
  std::vector<live::Bus::EventPtr> events;
  live.bus().read(cursor, events);
  ASSERT_EQ(events.size(), 3u);
  EXPECT_EQ(events[0]->type, live::EventType::request_processed);
  EXPECT_EQ(events[2]->type, live::EventType::rate_limit_exceeded);
  EXPECT_EQ(events[2]->status, 429u);
  EXPECT_EQ(events[2]->limit, 2u);
  EXPECT_EQ(events[2]->retry_after, Millis(60'000));
}

}  // namespace
}  // namespace doorward::api::redis
