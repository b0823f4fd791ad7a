// Inventories, holds and locks as the log moves them.
#include "engine/reservations.hpp"
#include "engine/hold_view.hpp"

#include "engine/world_test_support.hpp"

#include <functional>

namespace doorward::engine {
namespace {

using reserve::EndReason;
using reserve::HoldState;
using reserve::UnitState;

class ReservationsTest : public StateTest {
 protected:
  static reserve::HoldId hold_id(std::uint64_t n) { return {1, n}; }
  static reserve::LockId lock_id(std::uint64_t n) { return {2, n}; }
  static reserve::Inventory count_of(std::uint32_t count) {
    reserve::Inventory spec;
    spec.count = count;
    spec.price = 100;
    spec.hold_ttl = Millis(60'000);
    spec.hold_most = Millis(90'000);
    return spec;
  }
  static reserve::Inventory hall() {
    reserve::Inventory spec = count_of(0);
    spec.price = 0;
    spec.sections = {{"A", 500, 2, 5, {}}};
    return spec;
  }
  void set(reserve::Inventory spec, std::string name = "show") {
    ASSERT_EQ(do_one(SetInventory{std::move(name), std::move(spec)}).status, Status::done);
  }
  // Hold n by visitor n.
  Outcome take(std::uint64_t n, std::uint32_t count) {
    return do_one(Hold{"show", subject(n), hold_id(n), Millis(0), count, {}});
  }
  Outcome take(std::uint64_t n, std::vector<std::string> units) {
    return do_one(Hold{"show", subject(n), hold_id(n), Millis(0), 0, std::move(units)});
  }
  Outcome buy(std::uint64_t n) { return do_one(Confirm{"show", hold_id(n), subject(n), 0}); }
  Outcome give_back(std::uint64_t n) { return do_one(Release{"show", hold_id(n), subject(n), 0}); }
  const InventoryState& show() const { return *state_->world().reserved.inventories.find("show"); }
  UnitState unit(const char* name) const { return show().units[*show().map->find(name)]; }
  Outcome acquire(std::uint64_t n, Millis wait = Millis(0), Millis lease = Millis(5'000)) {
    return do_one(AcquireLock{"door", lock_id(n), lease, wait});
  }
};

TEST_F(ReservationsTest, TheLastUnitIsHeldOnceAndConfirmedByItsHolder) {
  set(count_of(1));
  const Outcome held = take(1, 1);
  EXPECT_EQ(held.status, Status::done);
  EXPECT_EQ(held.hold->fence, 1U);
  EXPECT_EQ(held.hold->amount, 100U);
  EXPECT_EQ(held.hold->expires_at, now_ + Millis(60'000));
  EXPECT_EQ(take(2, 1).status, Status::sold_out);
  EXPECT_EQ(do_one(Confirm{"show", hold_id(1), subject(2), 0}).status, Status::no_such_hold);
  EXPECT_EQ(do_one(Confirm{"show", hold_id(1), subject(1), 9}).status, Status::wrong_fence);
  EXPECT_EQ(buy(1).status, Status::done);
  const Outcome again = buy(1);
  EXPECT_EQ(again.status, Status::already);
  EXPECT_EQ(again.hold->confirmed_at, now_);
  EXPECT_EQ(show().taken, (reserve::Taken{0, 1}));
}

TEST_F(ReservationsTest, AnEndedLeaseIsNotConfirmedThoughTheUnitIsFree) {
  set(count_of(1));
  take(1, 1);
  for (int i = 0; i < 12; ++i) wait(Millis(5'000));
  EXPECT_EQ(show().available(), 1U);
  const Outcome late = buy(1);
  EXPECT_EQ(late.status, Status::hold_over);
  EXPECT_EQ(late.hold->reason, EndReason::expired);
  EXPECT_EQ(do_one(Extend{"show", hold_id(1), subject(1), 0, {}}).status, Status::hold_over);
  EXPECT_EQ(give_back(1).status, Status::hold_over);
  EXPECT_EQ(take(2, 1).hold->fence, 2U) << "fences grow";
}

TEST_F(ReservationsTest, AnOutageEndsNoLease) {
  set(count_of(1));
  take(1, 1);
  wait(Millis(3'600'000));
  EXPECT_EQ(state_->world().reserved.holds.find(hold_id(1)).has_value(), true);
  EXPECT_EQ(buy(1).status, Status::done);
}

TEST_F(ReservationsTest, ALeaseIsExtendedUpToTheMost) {
  set(count_of(1));
  take(1, 1);
  const LogTime made = now_;
  for (int i = 0; i < 10; ++i) wait(Millis(5'000));
  EXPECT_EQ(do_one(Extend{"show", hold_id(1), subject(1), 1, {}}).hold->expires_at,
            made + Millis(90'000));
  EXPECT_EQ(do_one(Extend{"show", hold_id(1), {}, 0, Millis(1'000)}).hold->expires_at,
            now_ + Millis(1'000));
  EXPECT_EQ(buy(1).status, Status::done);
  EXPECT_EQ(do_one(Extend{"show", hold_id(1), subject(1), 0, {}}).status, Status::hold_confirmed);
}

TEST_F(ReservationsTest, SeveralSeatsAreTakenAllOrNone) {
  set(hall());
  EXPECT_EQ(take(1, {"A-1-1", "A-1-2"}).status, Status::done);
  const Outcome refused = take(2, {"A-1-3", "A-1-2"});
  EXPECT_EQ(refused.status, Status::unit_taken);
  EXPECT_EQ(refused.taken, std::vector<std::string>{"A-1-2"});
  EXPECT_EQ(unit("A-1-3"), UnitState::available);
  EXPECT_EQ(take(2, {"A-1-3", "A-2-1"}).hold->amount, 1'000U);
  EXPECT_EQ(buy(2).status, Status::done);
  EXPECT_EQ(unit("A-2-1"), UnitState::confirmed);
  EXPECT_EQ(give_back(1).status, Status::done);
  EXPECT_EQ(unit("A-1-1"), UnitState::available);
  EXPECT_EQ(show().taken, (reserve::Taken{0, 2}));
}

TEST_F(ReservationsTest, WhatIsNoUnitIsRefused) {
  set(hall());
  EXPECT_EQ(take(1, {"A-3-1"}).status, Status::no_such_unit);
  EXPECT_EQ(take(1, {"A-1-1", "A-1-1"}).status, Status::no_such_unit);
  EXPECT_EQ(take(1, 1).status, Status::no_such_unit) << "a seat map has seats";
  set(count_of(5), "count");
  EXPECT_EQ(do_one(Hold{"count", subject(1), hold_id(1), {}, 0, {"A-1-1"}}).status,
            Status::no_such_unit);
  EXPECT_EQ(do_one(Hold{"none", subject(1), hold_id(1), {}, 1, {}}).status,
            Status::no_such_inventory);
}

TEST_F(ReservationsTest, ARetryFindsItsHoldAndAnotherRequestUnderItsIdIsRefused) {
  set(hall());
  take(1, {"A-1-1", "A-1-2"});
  const std::string before = bytes();
  EXPECT_EQ(take(1, {"A-1-1", "A-1-2"}).status, Status::already);
  EXPECT_EQ(take(1, {"A-1-2", "A-1-1"}).status, Status::other_request);
  EXPECT_EQ(take(1, {"A-1-1"}).status, Status::other_request);
  EXPECT_EQ(do_one(Hold{"show", subject(2), hold_id(1), {}, 0, {"A-2-1"}}).status,
            Status::no_such_hold);
  EXPECT_EQ(show().taken.all(), 2U);
  give_back(1);
  EXPECT_EQ(take(1, {"A-1-1", "A-1-2"}).status, Status::hold_over);
}

TEST_F(ReservationsTest, ASubjectMayHaveSoManyHeldAndConfirmed) {
  reserve::Inventory spec = count_of(10);
  spec.max_per_subject = 3;
  set(spec);
  const auto hold_more = [&](std::uint64_t n, std::uint32_t count) {
    return do_one(Hold{"show", subject(1), hold_id(n), {}, count, {}}).status;
  };
  EXPECT_EQ(hold_more(1, 2), Status::done);
  EXPECT_EQ(do_one(Confirm{"show", hold_id(1), {}, 0}).status, Status::done);
  EXPECT_EQ(hold_more(2, 2), Status::subject_limit);
  EXPECT_EQ(hold_more(3, 1), Status::done);
  EXPECT_EQ(do_one(Release{"show", hold_id(1), subject(1), 0}).status, Status::hold_confirmed);
  EXPECT_EQ(do_one(Release{"show", hold_id(1), {}, 0}).hold->reason, EndReason::cancelled);
  EXPECT_EQ(hold_more(4, 2), Status::done);
}

TEST_F(ReservationsTest, SoldOutEndsASecondAfterSomethingIsFree) {
  set(count_of(1));
  EXPECT_FALSE(show().sold_out);
  take(1, 1);
  EXPECT_TRUE(show().sold_out);
  give_back(1);
  wait(Millis(999));
  EXPECT_TRUE(show().sold_out);
  wait(Millis(1));
  EXPECT_FALSE(show().sold_out);
  take(2, 1);
  give_back(2);
  take(3, 1);
  wait(Millis(2'000));
  EXPECT_TRUE(show().sold_out) << "it was taken again meanwhile";
}

TEST_F(ReservationsTest, WhatIsTakenStaysWhenAnInventoryChanges) {
  set(hall());
  take(1, {"A-1-1"});
  reserve::Inventory other = hall();
  other.sections[0].rows = 3;
  EXPECT_EQ(do_one(SetInventory{"show", other}).status, Status::inventory_in_use);
  EXPECT_EQ(do_one(SetInventory{"show", count_of(100)}).status, Status::inventory_in_use);
  other = hall();
  other.sections[0].price = 700;
  other.sections.push_back({"B", 1, 1, 1, {}});
  EXPECT_EQ(do_one(SetInventory{"show", other}).status, Status::done);
  EXPECT_EQ(do_one(SetInventory{"show", other}).status, Status::already);
  EXPECT_EQ(take(2, {"B-1-1"}).status, Status::done);
  EXPECT_EQ(buy(1).hold->amount, 700U);
  set(count_of(5), "count");
  do_one(Hold{"count", subject(1), hold_id(9), {}, 3, {}});
  EXPECT_EQ(do_one(SetInventory{"count", count_of(2)}).status, Status::inventory_in_use);
  EXPECT_EQ(do_one(SetInventory{"count", count_of(3)}).status, Status::done);
}

TEST_F(ReservationsTest, ARetryMayNameTheSameUnitsInAnotherOrder) {
  do_one(NodeStarted{1, Millis(60'000), kNewestRules});
  set(hall());
  take(1, {"A-1-1", "A-1-2"});
  const Outcome again = take(1, {"A-1-2", "A-1-1"});
  EXPECT_EQ(again.status, Status::already);
  EXPECT_EQ(again.hold->units, (std::vector<std::string>{"A-1-1", "A-1-2"})) << "as it was made";
  EXPECT_EQ(take(1, {"A-1-2", "A-1-3"}).status, Status::other_request);
}

TEST_F(ReservationsTest, AHoldCostsWhatItCostWhenItWasMade) {
  do_one(NodeStarted{1, Millis(60'000), kNewestRules});
  set(hall());
  take(1, {"A-1-1", "A-1-2"});
  reserve::Inventory other = hall();
  other.sections[0].price = 700;
  set(other);
  restore();
  EXPECT_EQ(take(2, {"A-1-3"}).hold->amount, 700U);
  EXPECT_EQ(buy(1).hold->amount, 1'000U);
  EXPECT_EQ(do_one(Release{"show", hold_id(1), {}, 0}).hold->amount, 1'000U) << "to be paid back";
  set(count_of(5), "count");
  do_one(Hold{"count", subject(1), hold_id(9), {}, 3, {}});
  other = count_of(5);
  other.price = 0;
  set(other, "count");
  EXPECT_EQ(do_one(Confirm{"count", hold_id(9), subject(1), 0}).hold->amount, 300U);
  do_one(RemoveInventory{"count"});
  EXPECT_EQ(view_of_hold(state_->world(), *state_->world().reserved.holds.find(hold_id(9))).amount,
            300U);
}

TEST_F(ReservationsTest, RemovingAnInventoryEndsItsHoldsAndNoOthers) {
  set(hall());
  set(count_of(5), "count");
  take(1, {"A-1-1"});
  take(2, {"A-1-2"});
  buy(2);
  do_one(Hold{"count", subject(1), hold_id(9), {}, 3, {}});
  EXPECT_EQ(do_one(RemoveInventory{"show"}).status, Status::done);
  EXPECT_EQ(buy(1).status, Status::no_such_inventory);
  EXPECT_EQ(state_->world().reserved.holds.claims().size(), 0U);
  EXPECT_EQ(state_->world().reserved.inventories.find("count")->taken.held, 3U);
  set(hall());
  EXPECT_EQ(take(3, {"A-1-1"}).hold->fence, 4U);
  restore();
  EXPECT_EQ(buy(3).status, Status::done);
}

TEST_F(ReservationsTest, EndedHoldsAreForgottenAsClosedTicketsAre) {
  do_one(NodeStarted{1, Millis(10'000)});
  set(hall());
  take(1, {"A-1-1"});
  give_back(1);
  wait(Millis(5'000));
  EXPECT_EQ(buy(1).status, Status::hold_over);
  wait(Millis(5'000));
  EXPECT_EQ(buy(1).status, Status::no_such_hold);
  EXPECT_EQ(state_->world().reserved.holds.holds().size(), 0U);
}

TEST_F(ReservationsTest, ASnapshotGoesOnAsTheStateThatWasWritten) {
  set(hall());
  set(count_of(5), "count");
  take(1, {"A-1-1", "A-2-5"});
  take(2, {"A-1-2"});
  buy(2);
  take(3, {"A-1-3"});
  give_back(3);
  do_one(Hold{"count", subject(4), hold_id(4), Millis(2'000), 5, {}});
  acquire(1);
  acquire(2, Millis(20'000));
  const std::string before = bytes();
  auto copy = std::move(state_);
  state_ = std::make_unique<State>();
  StringSnapshot snapshot(before);
  auto read = read_state(snapshot);
  ASSERT_TRUE(read) << read.error().what;
  EXPECT_EQ(state_bytes(**read), before);
  const auto go_on = [&](std::unique_ptr<State> state) {
    state_ = std::move(state);
    const auto kept = std::tuple(now_, next_counter_, number_);
    wait(Millis(3'000));
    take(5, {"A-1-3"});
    buy(1);
    wait(Millis(4'000));
    const auto due = state_->next_due();
    const std::string after = bytes();
    std::tie(now_, next_counter_, number_) = kept;
    return std::pair(after, due);
  };
  const auto live = go_on(std::move(copy));
  EXPECT_EQ(go_on(std::move(*read)), live);
}

TEST_F(ReservationsTest, ADamagedSnapshotIsRefused) {
  set(hall());
  take(1, {"A-1-1"});
  World& world = const_cast<World&>(state_->world());
  const_cast<HoldRow&>(world.reserved.holds.edit(0)).count = 2;
  StringSnapshot snapshot(bytes());
  const auto read = read_state(snapshot);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, Errc::corrupt);
}

TEST_F(ReservationsTest, DeadlinesAskForAnEntry) {
  set(count_of(1));
  EXPECT_EQ(state_->next_due(), std::nullopt);
  do_one(Hold{"show", subject(1), hold_id(1), Millis(1'000), 1, {}});
  EXPECT_EQ(state_->next_due(), now_ + Millis(1'000));
  acquire(1, {}, Millis(500));
  EXPECT_EQ(state_->next_due(), now_ + Millis(500));
}

TEST_F(ReservationsTest, AManyTimesLargerStepOfExpiriesIsCutIntoSlices) {
  reserve::Inventory spec = count_of(1'000);
  set(spec);
  for (std::uint64_t n = 1; n <= 200; ++n) take(n, 1);
  for (int i = 0; i < 11; ++i) wait(Millis(5'000));
  now_ += Millis(5'000);
  State::Entry entry;
  entry.at = {1, ++number_, 0};
  entry.time = now_;
  entry.batch.header = {node_, next_counter_++, now_};
  entry.batch.commands = {Tick{}};
  state_->begin(std::move(entry), true);
  int steps = 1;
  while (!state_->step()) ++steps;
  EXPECT_GE(steps, 200 / static_cast<int>(kSliceTickets));
  EXPECT_EQ(show().available(), 1'000U);
}

}  // namespace
}  // namespace doorward::engine
