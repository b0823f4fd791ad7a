#include "core/room/view.hpp"

#include <gtest/gtest.h>

namespace doorward::room {
namespace {

TEST(View, NamesStatesAndReasonsAsTheApiDoes) {
  EXPECT_STREQ(to_string(TicketState::waiting), "waiting");
  EXPECT_STREQ(to_string(TicketState::admitted), "admitted");
  EXPECT_STREQ(to_string(TicketState::closed), "closed");
  const std::pair<CloseReason, const char*> reasons[] = {
      {CloseReason::none, "none"},
      {CloseReason::left, "left"},
      {CloseReason::finished, "finished"},
      {CloseReason::session_expired, "session_expired"},
      {CloseReason::claim_expired, "claim_expired"},
      {CloseReason::silent, "silent"},
      {CloseReason::room_closed, "room_closed"},
      {CloseReason::room_removed, "room_removed"},
  };
  for (const auto& [reason, name] : reasons) EXPECT_STREQ(to_string(reason), name);
}

}  // namespace
}  // namespace doorward::room
