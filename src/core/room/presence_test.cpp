#include "core/room/presence.hpp"

#include <gtest/gtest.h>

namespace doorward::room {
namespace {

using namespace std::chrono_literals;

ServiceTime at(std::int64_t s) { return ServiceTime{std::chrono::seconds{s}}; }

TEST(Presence, AWaiterIsSilentWhoWasNotSeenForLongerThanAllowed) {
  Policy policy;
  policy.liveness_silence = 30s;
  EXPECT_FALSE(is_silent(policy, at(100), at(100)));
  EXPECT_FALSE(is_silent(policy, at(100), at(130)));
  EXPECT_TRUE(is_silent(policy, at(100), at(131)));
}

TEST(Presence, NobodyIsSilentWhereTheRoomAsksForNoSignOfLife) {
  EXPECT_FALSE(is_silent(Policy{}, at(0), at(1'000'000)));
}

}  // namespace
}  // namespace doorward::room
