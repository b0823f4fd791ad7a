// Rooms that sell an inventory: closed while it is sold out, and as full as what is left allows.
#include "engine/world_test_support.hpp"

namespace doorward::engine {
namespace {

class StockTest : public StateTest {
 protected:
  static reserve::HoldId hold_id(std::uint64_t n) { return {1, n}; }
  static reserve::Inventory count_of(std::uint32_t count) {
    reserve::Inventory spec;
    spec.count = count;
    return spec;
  }
  void set(reserve::Inventory spec, std::string name = "show") {
    ASSERT_EQ(do_one(SetInventory{std::move(name), std::move(spec)}).status, Status::done);
  }
  Outcome take(std::uint64_t n, std::uint32_t count) {
    return do_one(Hold{"show", subject(n), hold_id(n), Millis(0), count, {}});
  }
  Outcome buy(std::uint64_t n) { return do_one(Confirm{"show", hold_id(n), subject(n), 0}); }
  Outcome give_back(std::uint64_t n) { return do_one(Release{"show", hold_id(n), subject(n), 0}); }
};

room::Policy selling(std::uint32_t capacity, std::uint32_t factor = 0) {
  room::Policy policy;
  policy.capacity = capacity;
  policy.stock = room::Stock{"show", factor};
  return policy;
}

TEST_F(StockTest, ASoldOutRoomTakesNobodyAndKeepsPlaces) {
  set(count_of(1));
  set_room(selling(1));
  join(1);
  join(2);
  join(3);
  take(1, 1);
  EXPECT_TRUE(view(2).sold_out);
  EXPECT_EQ(join(4).status, Status::sold_out);
  do_one(Finish{id(1)});
  EXPECT_EQ(state_of(2), room::TicketState::waiting) << "nothing is left for whoever comes next";
  EXPECT_EQ(position(2), 1U);
  EXPECT_EQ(state_->take_changes().sold_out, (std::vector<std::uint32_t>{0}));
  give_back(1);
  EXPECT_EQ(state_of(2), room::TicketState::waiting);
  wait(Millis(1'000));
  EXPECT_EQ(state_of(2), room::TicketState::admitted);
  EXPECT_EQ(position(3), 1U);
  EXPECT_FALSE(view(3).sold_out);
  EXPECT_EQ(join(4).status, Status::done);
  EXPECT_EQ(state_->take_changes().sold_out, (std::vector<std::uint32_t>{0}));
}

TEST_F(StockTest, AFactorTiesAdmissionsToWhatIsNotSold) {
  set(count_of(4));
  set_room(selling(100, 1'500));
  for (std::uint64_t n = 1; n <= 8; ++n) join(n);
  EXPECT_EQ(room().counted, 6U);
  take(1, 2);
  EXPECT_EQ(room().counted, 6U) << "who holds is inside";
  buy(1);
  do_one(Finish{id(1)});
  do_one(Finish{id(2)});
  do_one(Finish{id(3)});
  EXPECT_EQ(room().counted, 3U) << "two are left, times one and a half";
  do_one(Release{"show", hold_id(1), {}, 0});
  EXPECT_EQ(room().counted, 5U) << "as many as were waiting";
}

TEST_F(StockTest, WithAFactorBelowOneTheLastUnitIsStillSold) {
  set(count_of(2));
  set_room(selling(100, 500));
  join(1);
  join(2);
  EXPECT_EQ(room().counted, 1U);
  EXPECT_EQ(take(1, 1).status, Status::done);
  EXPECT_EQ(buy(1).status, Status::done);
  do_one(Finish{id(1)});
  EXPECT_EQ(state_of(2), room::TicketState::waiting) << "as an old log has it";
  do_one(NodeStarted{1, Millis(10'000), kNewestRules});
  EXPECT_EQ(state_of(2), room::TicketState::admitted);
  EXPECT_EQ(take(2, 1).status, Status::done);
  EXPECT_EQ(buy(2).status, Status::done);
  do_one(Finish{id(2)});
  EXPECT_EQ(join(3).status, Status::sold_out);
}

TEST_F(StockTest, AnEstimateIsMadeForAsManyAsTheFactorLetsIn) {
  set(count_of(100));
  for (const bool is_bounded : {true, false}) {
    room::Policy policy = selling(1'000, 50);
    if (!is_bounded) policy.capacity.reset();
    set_room(policy);
    if (is_bounded)
      for (std::uint64_t n = 1; n <= 60; ++n) join(n);
    for (std::uint64_t i = 1; i <= 20; ++i) {  // five inside, for five seconds each
      wait(Millis(1'000));
      do_one(Finish{id(is_bounded ? i : 20 + i)});
    }
    EXPECT_EQ(room().counted, 5U);
    const auto eta = view(60).eta;
    const std::uint32_t ahead = is_bounded ? 35 : 15;
    ASSERT_TRUE(eta);
    EXPECT_GT(eta->low_s, ahead / 5);
    EXPECT_LE(eta->low_s, ahead);
    EXPECT_GE(eta->high_s, ahead);
  }
}

TEST_F(StockTest, ARoomSellsWhatItsPolicySaysNow) {
  set(count_of(0));
  set_room(selling(10));
  EXPECT_EQ(join(1).status, Status::sold_out);
  set_room({});
  EXPECT_EQ(join(1).status, Status::done);
  set_room(selling(10));
  EXPECT_EQ(join(2).status, Status::sold_out);
  restore();
  EXPECT_EQ(join(2).status, Status::sold_out);
  do_one(RemoveInventory{"show"});
  EXPECT_EQ(join(2).status, Status::done) << "there is nothing to be sold out";
  set(count_of(0));
  EXPECT_EQ(join(3).status, Status::sold_out);
}

TEST_F(StockTest, ARoomWhoseInventoryIsNotThereSellsNothing) {
  set_room(selling(1));
  EXPECT_EQ(join(1).status, Status::done) << "as an old log has it";
  join(2);
  do_one(NodeStarted{1, Millis(10'000), kNewestRules});
  EXPECT_EQ(join(3).status, Status::sold_out);
  EXPECT_TRUE(view(2).sold_out);
  restore();
  do_one(Finish{id(1)});
  EXPECT_EQ(state_of(2), room::TicketState::waiting);
  set(count_of(5));
  EXPECT_EQ(state_of(2), room::TicketState::admitted);
  do_one(RemoveInventory{"show"});
  EXPECT_EQ(join(4).status, Status::sold_out);
  set_room({});
  EXPECT_EQ(join(4).status, Status::done);
}

TEST_F(StockTest, ATenantsRoomSellsItsOwn) {
  do_one(SetTenant{"acme", {}, {}, {}});
  set(count_of(0), "show");
  set(count_of(1), "acme/show");
  set_room(selling(10), "acme/r");
  EXPECT_EQ(do_one(Join{"acme/r", subject(1), id(1), ""}).status, Status::done);
}

}  // namespace
}  // namespace doorward::engine
