#include "wire/policy_json.hpp"

#include <gtest/gtest.h>
#include <boost/json.hpp>

namespace doorward::wire {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;

Result<room::Policy> read(const char* text, room::Policy base = {}) {
  return policy_from_json(json::parse(text).as_object(), std::move(base));
}

TEST(PolicyJson, ReadsTheWholePolicy) {
  const auto policy = read(
      R"({"capacity":2,"admit":{"count":10,"every":"1s"},"session":{"ttl":"240s","renew":"never"},
    "claim":{"ttl":"60s"},"order":"draw","lanes":[{"name":"vip","share":3},{"name":"all"}],
    "rejoin":"to_back","liveness":{"silence":"60s","grace":"5m"},
    "opens_at":"2026-01-01T00:00:00Z","closes_at":"2026-01-02T00:00:00Z",
    "max_waiting":500,"mode":"paused"})");
  ASSERT_TRUE(policy.has_value()) << policy.error().what;
  room::Policy expected;
  expected.capacity = 2;
  expected.admit = room::Rate{10, 1s};
  expected.session_ttl = 240s;
  expected.renew = room::Renew::never;
  expected.claim_ttl = 60s;
  expected.order = room::Order::draw;
  expected.lanes = {{"vip", 3}, {"all", 1}};
  expected.rejoin = room::Rejoin::to_back;
  expected.liveness_silence = 60s;
  expected.liveness_grace = 5min;
  expected.opens_at = LogTime{Millis{1'767'225'600'000}};
  expected.closes_at = LogTime{Millis{1'767'312'000'000}};
  expected.max_waiting = 500;
  expected.mode = room::Mode::paused;
  EXPECT_EQ(*policy, expected);
  EXPECT_EQ(policy_from_json(policy_to_json(expected)).value(), expected);
}

TEST(PolicyJson, WhatIsShownCanBeSentBack) {
  EXPECT_EQ(policy_from_json(policy_to_json({})).value(), room::Policy{});
}

TEST(PolicyJson, MissingMembersKeepTheBaseAndNullTakesALimitAway) {
  room::Policy base;
  base.capacity = 5;
  base.admit = room::Rate{10, 1s};
  base.claim_ttl = 60s;
  const auto changed = read(R"({"capacity":null,"admit":{"count":20},"claim":null})", base);
  ASSERT_TRUE(changed.has_value()) << changed.error().what;
  EXPECT_EQ(changed->capacity, std::nullopt);
  EXPECT_EQ(changed->admit, (room::Rate{20, 1s}));
  EXPECT_EQ(changed->claim_ttl, std::nullopt);
}

TEST(PolicyJson, EveryFaultNamesItsPathAndWhatWasExpected) {
  const std::pair<const char*, const char*> table[] = {
      {R"({"capasity":1})", "capasity: not a known member; the nearest is \"capacity\""},
      {R"({"capacity":-1})", "capacity: expected a whole number"},
      {R"({"capacity":1.5})", "capacity: expected a whole number"},
      {R"({"capacity":4294967296})", "capacity: expected a whole number"},
      {R"({"capacity":"2"})", "capacity: expected a whole number"},
      {R"({"admit":10})", "admit: expected an object, found 10"},
      {R"({"admit":{"count":1,"every":5}})", "admit.every: expected a duration"},
      {R"({"admit":{"count":1,"every":"5"}})", "admit.every: \"5\" is not a duration"},
      {R"({"admit":{"rate":1}})", "admit.rate: not a known member"},
      {R"({"session":{"ttl":"1h","renew":"always"}})",
       "session.renew: expected one of \"use\", \"never\""},
      {R"({"session":5})", "session: expected an object"},
      {R"({"max_waiting":2.0})", "max_waiting: expected a whole number"},
      {R"({"claim":{"ttl":60}})", "claim.ttl: expected a duration"},
      {R"({"order":"random"})", "order: expected one of \"fifo\", \"draw\""},
      {R"({"lanes":{}})", "lanes: expected a list"},
      {R"({"lanes":[{"name":"a"},{"name":1}]})", "lanes[1].name: expected text"},
      {R"({"opens_at":"tomorrow"})", "opens_at: \"tomorrow\" is not a time"},
      {R"({"mode":"OPEN"})", "mode: expected one of"},
      {R"({"mode":true})", "mode: expected one of"},
  };
  for (const auto& [text, expected] : table) {
    const auto policy = read(text);
    ASSERT_TRUE(policy.has_error()) << text;
    EXPECT_EQ(policy.error().what.find(expected), 0U) << text << " gave: " << policy.error().what;
  }
}

}  // namespace
}  // namespace doorward::wire
