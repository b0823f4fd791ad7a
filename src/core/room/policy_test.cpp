#include "core/room/policy.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

namespace doorward::room {
namespace {

using namespace std::chrono_literals;

LogTime at(std::int64_t ms) { return LogTime{Millis{ms}}; }

TEST(RoomName, IsOneTo64OfTheAllowedCharacters) {
  const std::string longest(64, 'a');
  for (const std::string& name :
       {std::string("a"), std::string("0"), std::string("sale-2.day_1"), longest}) {
    EXPECT_TRUE(is_valid_room_name(name)) << name;
  }
  for (const std::string& name :
       {std::string(), std::string("-a"), std::string(".a"), std::string("_a"), std::string("A"),
        std::string("a b"), std::string("a/b"), std::string("ä"), longest + "a"}) {
    EXPECT_FALSE(is_valid_room_name(name)) << name;
  }
}

TEST(Policy, TheDefaultIsValid) { EXPECT_TRUE(validate(Policy{})); }

struct Bound {
  const char* field;
  std::function<void(Policy&)> break_it;
};

TEST(Policy, NamesTheFirstBrokenBoundAndTheRemedy) {
  const std::vector<Bound> bounds = {
      {"capacity: is 0; choose from 1", [](Policy& p) { p.capacity = 0; }},
      {"capacity: is 50000001;", [](Policy& p) { p.capacity = 50'000'001; }},
      {"admit.count: is 0;",
       [](Policy& p) {
         p.admit = Rate{0, 1s};
       }},
      {"admit.count: is 1000001;",
       [](Policy& p) {
         p.admit = Rate{1'000'001, 1s};
       }},
      {"admit.every: is 9ms; choose from 10ms to 24h",
       [](Policy& p) {
         p.admit = Rate{1, 9ms};
       }},
      {"admit.every: is 86400001ms;",
       [](Policy& p) {
         p.admit = Rate{1, 24h + 1ms};
       }},
      {"session.ttl: is 999ms;", [](Policy& p) { p.session_ttl = 999ms; }},
      {"session.ttl: is 169h; choose from 1s to 168h", [](Policy& p) { p.session_ttl = 169h; }},
      {"claim.ttl: is 0s;", [](Policy& p) { p.claim_ttl = 0s; }},
      {"claim.ttl: is 10081m;", [](Policy& p) { p.claim_ttl = 10'081min; }},
      {"liveness.silence: is 4s; choose from 5s", [](Policy& p) { p.liveness_silence = 4s; }},
      {"liveness.grace: is -1ms;", [](Policy& p) { p.liveness_grace = -1ms; }},
      {"opens_at: is before 1970;", [](Policy& p) { p.opens_at = at(-1); }},
      {"closes_at: is before 1970;", [](Policy& p) { p.closes_at = at(-1); }},
      {"closes_at: is not after opens_at;", [](Policy& p) { p.opens_at = p.closes_at = at(5); }},
      {"max_waiting: is 0;", [](Policy& p) { p.max_waiting = 0; }},
      {"max_waiting: is 50000001;", [](Policy& p) { p.max_waiting = 50'000'001; }},
      {"lanes: has 17 entries; keep to 16",
       [](Policy& p) {
         p.lanes.resize(17, {"a", 1});
       }},
      {"lanes[1].name: must be",
       [](Policy& p) {
         p.lanes = {{"a", 1}, {"B", 1}};
       }},
      {"lanes[2].name: \"a\" is taken",
       [](Policy& p) {
         p.lanes = {{"a", 1}, {"b", 1}, {"a", 1}};
       }},
      {"lanes[0].share: is 0;",
       [](Policy& p) {
         p.lanes = {{"a", 0}};
       }},
      {"lanes[0].share: is 1001; choose from 1 to 1000",
       [](Policy& p) {
         p.lanes = {{"a", 1001}};
       }},
  };
  for (const auto& bound : bounds) {
    Policy policy;
    bound.break_it(policy);
    const auto checked = validate(policy);
    ASSERT_FALSE(checked) << bound.field;
    EXPECT_EQ(checked.error().code, Errc::invalid);
    EXPECT_THAT(checked.error().what, testing::StartsWith(bound.field));
  }
}

TEST(Policy, TakesEveryBoundItself) {
  Policy policy;
  policy.capacity = 1;
  policy.admit = Rate{1'000'000, 10ms};
  policy.session_ttl = 1s;
  policy.claim_ttl = 168h;
  policy.liveness_silence = 5s;
  policy.liveness_grace = 0s;
  policy.max_waiting = 50'000'000;
  policy.opens_at = at(1);
  policy.closes_at = at(2);
  for (int i = 0; i < 16; ++i) policy.lanes.push_back({"lane" + std::to_string(i), 1'000});
  EXPECT_TRUE(validate(policy));
}

TEST(Policy, TheModeInForceFollowsTheTimes) {
  constexpr auto kOpen = Mode::open;
  constexpr auto kPaused = Mode::paused;
  constexpr auto kClosed = Mode::closed;
  constexpr auto kBypass = Mode::bypass;
  struct Row {
    Mode mode;
    std::int64_t now;
    Mode in_force;
    std::int64_t next;  // 0: none
  };
  // Opens at 100, closes at 200.
  const Row rows[] = {
      {kOpen, 99, kPaused, 100},     //
      {kOpen, 100, kOpen, 200},      //
      {kOpen, 199, kOpen, 200},      //
      {kOpen, 200, kClosed, 0},      //
      {kPaused, 99, kPaused, 200},   //
      {kPaused, 150, kPaused, 200},  //
      {kPaused, 200, kClosed, 0},    //
      {kClosed, 99, kClosed, 0},     //
      {kClosed, 150, kClosed, 0},    //
      {kBypass, 99, kBypass, 0},     //
      {kBypass, 250, kBypass, 0},    //
  };
  for (const auto& row : rows) {
    Policy policy;
    policy.mode = row.mode;
    policy.opens_at = at(100);
    policy.closes_at = at(200);
    const std::string name = std::string(to_string(row.mode)) + " at " + std::to_string(row.now);
    EXPECT_EQ(effective_mode(policy, at(row.now)), row.in_force) << name;
    const auto next = next_mode_change(policy, at(row.now));
    EXPECT_EQ(next ? next->time_since_epoch().count() : 0, row.next) << name;
  }
}

TEST(Policy, ARoomThatClosesBeforeItOpensChangesAtItsClosing) {
  Policy policy;
  policy.opens_at = at(200);
  policy.closes_at = at(100);
  EXPECT_EQ(effective_mode(policy, at(50)), Mode::paused);
  EXPECT_EQ(next_mode_change(policy, at(50)), at(100));
  EXPECT_EQ(effective_mode(policy, at(100)), Mode::closed);
  EXPECT_EQ(next_mode_change(policy, at(100)), std::nullopt);
}

TEST(Policy, WithoutTimesTheModeIsTheOperators) {
  for (Mode mode : {Mode::open, Mode::paused, Mode::closed, Mode::bypass}) {
    Policy policy;
    policy.mode = mode;
    EXPECT_EQ(effective_mode(policy, at(7)), mode);
    EXPECT_EQ(next_mode_change(policy, at(7)), std::nullopt);
  }
}

TEST(Policy, HasTheLanesThatItNamesOrTheOnlyOne) {
  Policy policy;
  EXPECT_TRUE(has_lane(policy, kOnlyLane));
  EXPECT_FALSE(has_lane(policy, "vip"));
  policy.lanes = {{"all", 1}, {"vip", 3}};
  EXPECT_TRUE(has_lane(policy, "vip"));
  EXPECT_FALSE(has_lane(policy, kOnlyLane));
  EXPECT_FALSE(has_lane(policy, ""));
}

TEST(Policy, NamesItsValues) {
  EXPECT_STREQ(to_string(Mode::bypass), "bypass");
  EXPECT_STREQ(to_string(Order::draw), "draw");
  EXPECT_STREQ(to_string(Renew::never), "never");
  EXPECT_STREQ(to_string(Rejoin::to_back), "to_back");
}

}  // namespace
}  // namespace doorward::room
