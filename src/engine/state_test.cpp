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

class NumbersTest : public StateTest {
 protected:
  void begin(std::uint16_t rules) { do_one(NodeStarted{1, Millis(4'000), rules}); }
  std::uint32_t numbers() const { return state_->world().rooms.numbers(); }
  const InventoryTable& inventories() const { return state_->world().reserved.inventories; }
  void make_stock(const char* name) {
    reserve::Inventory spec;
    spec.count = 10;
    do_one(SetInventory{name, spec});
  }
};

TEST_F(NumbersTest, ARoomsNumberIsGivenAgainOnceNoTicketNamesIt) {
  begin(kNewestRules);
  set_room(capacity(1));
  join(1);
  do_one(RemoveRoom{"r"});
  set_room(capacity(1), "second");
  EXPECT_EQ(room("second").number, 1U) << "the ticket that was closed is remembered";
  EXPECT_EQ(view(1).room, 0U);
  wait(Millis(4'000));
  restore();
  set_room(capacity(1), "third");
  EXPECT_EQ(room("third").number, 0U);
  for (int i = 0; i < 1'000; ++i) {
    set_room(capacity(1), "fourth");
    do_one(RemoveRoom{"fourth"});
  }
  EXPECT_EQ(numbers(), 3U);
}

TEST_F(NumbersTest, AnInventorysNumberIsGivenAgainOnceNoHoldNamesIt) {
  begin(kNewestRules);
  make_stock("a");
  do_one(Hold{"a", subject(1), {1, 1}, Millis(60'000), 2, {}});
  do_one(RemoveInventory{"a"});
  make_stock("b");
  EXPECT_EQ(inventories().find("b")->number, 1U) << "the hold that is over is remembered";
  wait(Millis(4'000));
  restore();
  make_stock("c");
  EXPECT_EQ(inventories().find("c")->number, 0U);
  EXPECT_EQ(inventories().numbers(), 2U);
}

TEST_F(NumbersTest, OldLogsGaveEachRoomANumberOfItsOwn) {
  begin(kFirstRules);
  for (int i = 0; i < 3; ++i) {
    set_room(capacity(1));
    do_one(RemoveRoom{"r"});
  }
  EXPECT_EQ(numbers(), 3U);
  restore();
  begin(kNewestRules);
  set_room(capacity(1));
  EXPECT_EQ(room().number, 0U);
}

}  // namespace
}  // namespace doorward::engine
