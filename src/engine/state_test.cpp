#include "engine/world_test_support.hpp"

namespace doorward::engine {
namespace {

using room::CloseReason;
using room::TicketState;

room::Policy capacity(std::uint32_t n) {
  room::Policy policy;
  policy.capacity = n;
  return policy;
}

TEST_F(StateTest, VisitorsEnterWhileThereIsRoomAndQueueInOrderAfterwards) {
  set_room(capacity(2));
  for (std::uint64_t n = 1; n <= 5; ++n) join(n);
  EXPECT_EQ(state_of(1), TicketState::admitted);
  EXPECT_EQ(state_of(2), TicketState::admitted);
  EXPECT_EQ(position(3), 1U);
  EXPECT_EQ(position(4), 2U);
  EXPECT_EQ(position(5), 3U);
}

TEST_F(StateTest, AFreedSlotIsFilledInTheSameRecord) {
  set_room(capacity(1));
  for (std::uint64_t n = 1; n <= 3; ++n) join(n);
  EXPECT_EQ(do_one(Finish{id(1)}).ticket->reason, CloseReason::finished);
  EXPECT_EQ(state_of(2), TicketState::admitted);
  EXPECT_EQ(position(3), 1U);
}

TEST_F(StateTest, WhoeverLeavesTheMiddleMovesOthersUp) {
  set_room(capacity(1));
  for (std::uint64_t n = 1; n <= 5; ++n) join(n);
  do_one(Leave{id(3)});
  EXPECT_EQ(position(2), 1U);
  EXPECT_EQ(position(4), 2U);
  EXPECT_EQ(position(5), 3U);
}

TEST_F(StateTest, ASubjectHoldsOnePlace) {
  set_room(capacity(1));
  join(1);
  join(2);
  const Outcome again = do_one(Join{"r", subject(2), id(99), ""});
  EXPECT_EQ(again.status, Status::already);
  EXPECT_EQ(again.ticket->id, id(2));
  EXPECT_EQ(room().waiting, 1U);
}

TEST_F(StateTest, ARestoredStateGoesOnAsTheOriginal) {
  set_room(capacity(2));
  for (std::uint64_t n = 1; n <= 50; ++n) join(n);
  do_one(PresenceStart{id(9)});
  for (std::uint64_t n = 10; n <= 20; ++n) do_one(Leave{id(n)});
  const std::string before = bytes();
  restore();
  EXPECT_EQ(bytes(), before);
  do_one(Finish{id(1)});
  EXPECT_EQ(state_of(3), TicketState::admitted);
  EXPECT_EQ(position(9), 6U);
}

}  // namespace
}  // namespace doorward::engine
