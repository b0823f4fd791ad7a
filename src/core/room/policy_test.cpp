#include "core/room/policy.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <string>

namespace doorward::room {
namespace {

TEST(RoomName, IsLowerCaseAndShort) {
  for (const char* good : {"a", "sale-1", "0", "a.b_c"})
    EXPECT_TRUE(is_valid_room_name(good)) << good;
  for (const char* bad : {"", "-a", ".a", "Sale", "a b", "a/b", "ä"}) {
    EXPECT_FALSE(is_valid_room_name(bad)) << bad;
  }
  EXPECT_TRUE(is_valid_room_name(std::string(kMaxRoomName, 'a')));
  EXPECT_FALSE(is_valid_room_name(std::string(kMaxRoomName + 1, 'a')));
}

struct Broken {
  const char* names;
  std::function<void(Policy&)> breaks;
};

class PolicyBounds : public ::testing::TestWithParam<Broken> {};

TEST_P(PolicyBounds, ABrokenOneNamesItsField) {
  Policy policy;
  ASSERT_TRUE(validate(policy));
  GetParam().breaks(policy);
  const auto valid = validate(policy);
  ASSERT_FALSE(valid);
  EXPECT_EQ(valid.error().what.rfind(GetParam().names, 0), 0u) << valid.error().what;
}

INSTANTIATE_TEST_SUITE_P(
    Table, PolicyBounds,
    ::testing::Values(Broken{"capacity:", [](Policy& p) { p.capacity = 10'000'001; }},
                      Broken{"admit.count:",
                             [](Policy& p) {
                               p.admit = Rate{0, Millis{1000}};
                             }},
                      Broken{"admit.every:",
                             [](Policy& p) {
                               p.admit = Rate{1, Millis{0}};
                             }},
                      Broken{"session.ttl:", [](Policy& p) { p.session_ttl = Millis{0}; }},
                      Broken{"claim.ttl:", [](Policy& p) { p.claim_ttl = Millis{-1}; }},
                      Broken{"liveness.silence:",
                             [](Policy& p) { p.liveness_silence = Millis{1}; }},
                      Broken{"liveness.grace:", [](Policy& p) { p.liveness_grace = Millis{0}; }},
                      Broken{"max_waiting:", [](Policy& p) { p.max_waiting = 10'000'001; }},
                      Broken{"lanes:",
                             [](Policy& p) {
                               p.lanes = {{"a", 1}, {"a", 1}};
                             }},
                      Broken{"lanes:",
                             [](Policy& p) {
                               p.lanes = {{"a", 0}};
                             }},
                      Broken{"lanes:",
                             [](Policy& p) {
                               p.lanes = {{"A b", 1}};
                             }},
                      Broken{"lanes:",
                             [](Policy& p) {
                               p.lanes.assign(kMaxLanes + 1, {"x", 1});
                             }},
                      Broken{"closes_at:", [](Policy& p) {
                               p.opens_at = LogTime{Millis{5}};
                               p.closes_at = LogTime{Millis{5}};
                             }}));

}  // namespace
}  // namespace doorward::room
