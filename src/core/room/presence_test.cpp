#include "core/room/presence.hpp"

#include <gtest/gtest.h>

namespace doorward::room {
namespace {

using namespace std::chrono_literals;

ServiceTime at(std::int64_t s) { return ServiceTime{std::chrono::seconds{s}}; }

TEST(Presence, AWaiterIsSilentWhoWasNotSeenForLongerThanAllowed) {
  struct Row {
    const char* who;
    Presence presence;
    std::int64_t now_s;
    bool silent;
    bool poll_matters;
  };
  // Silence of 30 s is allowed.
  const Row rows[] = {
      {"polled just now", {at(100), false, {}}, 100, false, false},                 //
      {"polled 9 s ago", {at(100), false, {}}, 109, false, false},                  //
      {"polled a third ago", {at(100), false, {}}, 110, false, true},               //
      {"polled 30 s ago", {at(100), false, {}}, 130, false, true},                  //
      {"polled longer ago", {at(100), false, {}}, 131, true, true},                 //
      {"holds a stream", {at(100), true, {}}, 999, false, false},                   //
      {"its node ended 30 s ago", {at(100), true, at(200)}, 230, false, true},      //
      {"its node ended longer ago", {at(100), true, at(200)}, 231, true, true},     //
      {"polled after its node ended", {at(220), true, at(200)}, 231, false, true},  //
  };
  Policy policy;
  policy.liveness_silence = 30s;
  for (const auto& row : rows) {
    EXPECT_EQ(is_silent(policy, row.presence, at(row.now_s)), row.silent) << row.who;
    EXPECT_EQ(poll_matters(policy, row.presence, at(row.now_s)), row.poll_matters) << row.who;
  }
}

TEST(Presence, NobodyIsSilentWhereTheRoomAsksForNoSignOfLife) {
  EXPECT_FALSE(is_silent(Policy{}, {at(0), false, {}}, at(1'000'000)));
  EXPECT_FALSE(poll_matters(Policy{}, {at(0), false, {}}, at(1'000'000)));
}

}  // namespace
}  // namespace doorward::room
