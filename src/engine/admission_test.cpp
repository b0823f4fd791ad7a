// Admission: capacity, rate, lanes, modes, draw. The rules are docs/rooms.md.
#include "base/permutation.hpp"
#include "engine/world_test_support.hpp"

#include <algorithm>
#include <functional>

namespace doorward::engine {
namespace {

using room::CloseReason;
using room::Mode;
using room::TicketState;

class Admission : public StateTest {
 protected:
  static room::Policy closed_to_all() {
    room::Policy policy;
    policy.mode = Mode::paused;
    return policy;
  }
  void join_many(std::uint64_t first, std::uint64_t last, const std::string& lane = "") {
    for (std::uint64_t n = first; n <= last; ++n) join(n, lane);
  }
  std::vector<std::uint64_t> admitted(std::uint64_t last) const {
    std::vector<std::uint64_t> found;
    for (std::uint64_t n = 1; n <= last; ++n) {
      if (state_of(n) == TicketState::admitted) found.push_back(n);
    }
    return found;
  }
  std::size_t admitted_count(std::uint64_t last) const { return admitted(last).size(); }
};

TEST_F(Admission, WithoutLimitsEverybodyEntersAtOnce) {
  set_room({});
  join_many(1, 5'000);
  EXPECT_EQ(admitted_count(5'000), 5'000U);
}

TEST_F(Admission, ARaisedCapacityIsFilledInTheSameRecord) {
  room::Policy policy;
  policy.capacity = 1;
  set_room(policy);
  join_many(1, 30);
  policy.capacity = 20;
  set_room(policy);
  EXPECT_EQ(admitted_count(30), 20U);
  EXPECT_EQ(position(21), 1U);
}

TEST_F(Admission, ALoweredCapacityThrowsNobodyOut) {
  room::Policy policy;
  policy.capacity = 5;
  set_room(policy);
  join_many(1, 8);
  policy.capacity = 3;
  set_room(policy);
  EXPECT_EQ(admitted_count(8), 5U);
  do_one(Finish{id(1)});
  do_one(Finish{id(2)});
  EXPECT_EQ(position(6), 1U);
  do_one(Finish{id(3)});
  EXPECT_EQ(state_of(6), TicketState::admitted);
}

TEST_F(Admission, NoIntervalHoldsMoreThanTheRate) {
  room::Policy policy;
  policy.admit = room::Rate{2, Millis(1'000)};
  set_room(policy);
  now_ += Millis(990);
  join_many(1, 6);
  EXPECT_EQ(admitted_count(6), 2U);
  wait(Millis(999));
  EXPECT_EQ(admitted_count(6), 2U);
  EXPECT_EQ(state_->next_due(), now_ + Millis(1));
  wait(Millis(1));
  EXPECT_EQ(admitted_count(6), 4U);
  EXPECT_EQ(view(3).admitted_at, now_);
}

TEST_F(Admission, ANewcomerDoesNotOvertakeThoughTheRateAllowsOneMore) {
  room::Policy policy = closed_to_all();
  set_room(policy);
  join_many(1, 3);
  policy.mode = Mode::open;
  policy.admit = room::Rate{1, Millis(1'000)};
  set_room(policy);
  now_ += Millis(1'000);
  const Outcome late = join(4);
  EXPECT_EQ(late.ticket->state, TicketState::waiting);
  EXPECT_EQ(admitted(4), (std::vector<std::uint64_t>{1, 2}));
}

TEST_F(Admission, LanesShareTheSlots) {
  room::Policy policy = closed_to_all();
  policy.lanes = {{"all", 1}, {"vip", 3}};
  set_room(policy);
  join_many(1, 20, "all");
  join_many(21, 40, "vip");
  EXPECT_EQ(position(21), 1U);
  policy.mode = Mode::open;
  policy.capacity = 8;
  set_room(policy);
  EXPECT_EQ(admitted(40), (std::vector<std::uint64_t>{1, 2, 21, 22, 23, 24, 25, 26}));
}

TEST_F(Admission, ALaneThatLeftThePolicyTakesNoJoinsButItsWaitersEnter) {
  room::Policy policy = closed_to_all();
  policy.lanes = {{"all", 1}, {"vip", 3}};
  set_room(policy);
  join(1, "vip");
  policy.lanes.pop_back();
  set_room(policy);
  EXPECT_EQ(join(2, "vip").status, Status::no_such_lane);
  EXPECT_EQ(position(1), 1U);
  restore();
  policy.mode = Mode::open;
  set_room(policy);
  EXPECT_EQ(state_of(1), TicketState::admitted);
}

TEST_F(Admission, LanesThatStillHaveWaitersBoundTheNewOnes) {
  room::Policy policy = closed_to_all();
  std::uint64_t visitor = 0;
  Status status = Status::done;
  while (status == Status::done && visitor <= kMaxLaneStates) {
    policy.lanes = {{"lane" + std::to_string(++visitor), 1}};
    status = do_one(SetRoom{"r", policy}).status;
    if (status == Status::done) join(visitor, policy.lanes[0].name);
  }
  EXPECT_EQ(status, Status::too_many_lanes);
  EXPECT_EQ(room().policy.lanes[0].name, "lane" + std::to_string(visitor - 1)) << "is as it was";
}

TEST_F(Admission, ALaneThatNobodyWaitsInMakesWayForANewOne) {
  do_one(NodeStarted{1, Millis(10'000), kNewestRules});
  room::Policy policy = closed_to_all();
  for (std::uint64_t n = 1; n <= kMaxLaneStates; ++n) {
    policy.lanes = {{"lane" + std::to_string(n), 1}};
    ASSERT_EQ(do_one(SetRoom{"r", policy}).status, Status::done);
    join(n, policy.lanes[0].name);
  }
  policy.lanes = {{"one-more", 1}};
  EXPECT_EQ(do_one(SetRoom{"r", policy}).status, Status::too_many_lanes);
  do_one(Leave{id(3)});
  EXPECT_EQ(do_one(SetRoom{"r", policy}).status, Status::done);
  restore();
  EXPECT_EQ(room().lanes.size(), kMaxLaneStates);
}

TEST_F(Admission, NoMoreRoomsAreMadeThanAreKept) {
  for (std::size_t n = 0; n < kMaxRooms; ++n) {
    ASSERT_EQ(do_one(SetRoom{"r" + std::to_string(n), {}}).status, Status::done);
  }
  EXPECT_EQ(do_one(SetRoom{"one-more", {}}).status, Status::too_many_rooms);
  EXPECT_EQ(do_one(SetRoom{"r0", closed_to_all()}).status, Status::done);
}

TEST_F(Admission, AFullRoomRefusesWhoeverWouldWait) {
  room::Policy policy;
  policy.capacity = 1;
  policy.max_waiting = 2;
  set_room(policy);
  join_many(1, 3);
  EXPECT_EQ(join(4).status, Status::room_full);
  do_one(Finish{id(1)});
  EXPECT_EQ(join(5).status, Status::done);
}

TEST_F(Admission, ModesSayWhoMayDoWhat) {
  room::Policy policy = closed_to_all();
  set_room(policy);
  EXPECT_EQ(join(1).ticket->state, TicketState::waiting);
  policy.mode = Mode::closed;
  set_room(policy);
  EXPECT_EQ(view(1).reason, CloseReason::room_closed);
  EXPECT_EQ(join(2).status, Status::room_closed);
  policy.mode = Mode::open;
  set_room(policy);
  EXPECT_EQ(join(3).ticket->state, TicketState::admitted);
}

TEST_F(Admission, BypassLetsEverybodyInUncounted) {
  room::Policy policy;
  policy.capacity = 1;
  set_room(policy);
  join_many(1, 5);
  policy.mode = Mode::bypass;
  set_room(policy);
  EXPECT_EQ(admitted_count(5), 5U);
  policy.mode = Mode::open;
  set_room(policy);
  EXPECT_EQ(join(6).ticket->state, TicketState::waiting);
  do_one(Finish{id(2)});
  EXPECT_EQ(position(6), 1U) << "an uncounted session frees no slot";
  do_one(Finish{id(1)});
  EXPECT_EQ(state_of(6), TicketState::admitted);
}

TEST_F(Admission, ARoomOpensAndClosesByItsTimes) {
  room::Policy policy;
  policy.opens_at = kBegin + Millis(1'000);
  policy.closes_at = kBegin + Millis(2'000);
  policy.capacity = 1;
  set_room(policy);
  join_many(1, 2);
  EXPECT_EQ(state_->next_due(), policy.opens_at);
  restore();
  wait(Millis(999));
  EXPECT_EQ(admitted_count(2), 0U);
  wait(Millis(1));
  EXPECT_EQ(admitted(2), (std::vector<std::uint64_t>{1}));
  wait(Millis(1'000));
  EXPECT_EQ(view(2).reason, CloseReason::room_closed);
  EXPECT_EQ(state_of(1), TicketState::admitted) << "sessions run out by themselves";
}

TEST_F(Admission, ASlotThatFreesWhenTheRoomClosesIsNotFilled) {
  room::Policy policy;
  policy.capacity = 1;
  policy.session_ttl = Millis(1'000);
  policy.renew = room::Renew::never;
  policy.closes_at = kBegin + Millis(1'500);
  set_room(policy);
  join_many(1, 2);
  wait(Millis(2'000));
  EXPECT_EQ(view(1).reason, CloseReason::session_expired);
  EXPECT_EQ(view(2).reason, CloseReason::room_closed);
}

TEST_F(Admission, ADrawGivesPlacesThatAnybodyCanRecompute) {
  room::Policy policy;
  policy.order = room::Order::draw;
  policy.capacity = 3;
  set_room(policy);
  join_many(1, 50);
  EXPECT_EQ(admitted_count(50), 0U);
  EXPECT_FALSE(position(1));
  EXPECT_EQ(do_one(Draw{"r", 5, 6}).status, Status::done);
  const Permutation place_of(SipKey{.lo = 6, .hi = 5}, 50);
  for (std::uint64_t n = 1; n <= 50; ++n) {
    const std::uint64_t place = place_of(n - 1);
    EXPECT_EQ(state_of(n) == TicketState::admitted, place < 3) << n;
    EXPECT_EQ(position(n).value_or(0), place >= 3 ? place - 3 + 1 : 0) << n;
  }
  join(51);
  EXPECT_EQ(position(51), 48U) << "later arrivals stand behind";
  EXPECT_EQ(do_one(Draw{"r", 7, 8}).status, Status::already);
}

TEST_F(Admission, ARoomThatBecomesADrawAgainIsDrawnAgain) {
  do_one(NodeStarted{1, Millis(10'000), kNewestRules});
  room::Policy policy;
  policy.capacity = 0;
  const auto order = [&](room::Order wanted) {
    policy.order = wanted;
    set_room(policy);
  };
  order(room::Order::draw);
  join_many(1, 8);
  do_one(Draw{"r", 5, 6});
  policy.capacity = 1;
  order(room::Order::draw);
  EXPECT_EQ(admitted_count(8), 1U) << "another change draws nothing anew";
  order(room::Order::fifo);
  join_many(9, 16);
  policy.capacity = 3;
  order(room::Order::draw);
  EXPECT_EQ(admitted_count(16), 1U);
  EXPECT_FALSE(position(16));
  EXPECT_EQ(do_one(Draw{"r", 7, 8}).status, Status::done);
  EXPECT_EQ(admitted_count(16), 3U);
}

TEST_F(Admission, ARemovedRoomClosesEverybodyAndItsNameIsFree) {
  room::Policy policy;
  policy.capacity = 1;
  set_room(policy);
  join_many(1, 3);
  const std::uint32_t number = room().number;
  EXPECT_EQ(do_one(RemoveRoom{"r"}).status, Status::done);
  EXPECT_EQ(view(1).reason, CloseReason::room_removed);
  EXPECT_EQ(view(3).reason, CloseReason::room_removed);
  EXPECT_EQ(join(4).status, Status::no_such_room);
  restore();
  set_room(policy);
  EXPECT_NE(room().number, number);
}

TEST_F(Admission, HowWorkIsSlicedChangesNothing) {
  const auto run = [](std::uint32_t slice) {
    State state;
    State::Entry entry{{1, 1, 0}, kBegin, {{1, 1, kBegin}, {}}};
    room::Policy policy;
    policy.order = room::Order::draw;
    entry.batch.commands.push_back(SetRoom{"r", policy});
    for (std::uint64_t n = 1; n <= 100; ++n) {
      entry.batch.commands.push_back(Join{"r", {n, 7}, {0, n}, ""});
    }
    entry.batch.commands.push_back(Draw{"r", 1, 2});
    entry.batch.commands.push_back(RemoveRoom{"r"});
    state.begin(std::move(entry), false);
    int steps = 1;
    while (!state.step(slice)) ++steps;
    EXPECT_EQ(steps > 1, slice < 100);
    return state_bytes(state);
  };
  EXPECT_EQ(run(1), run(100'000));
  EXPECT_EQ(run(7), run(100'000));
}

TEST_F(Admission, AnEstimateIsGivenOnlyWhereAdmissionsGoOnOrWillByTimeAlone) {
  struct Row {
    Mode mode;
    std::optional<LogTime> opens_at;
    bool estimated;
  };
  const Row rows[] = {
      {Mode::open, std::nullopt, true},
      {Mode::open, now_ + Millis(60'000), true},
      {Mode::paused, std::nullopt, false},
      {Mode::paused, now_ + Millis(60'000), false},
  };
  room::Policy policy;
  policy.admit = room::Rate{1, Millis(10'000)};
  set_room(policy);
  join_many(1, 5);
  for (const Row& row : rows) {
    policy.mode = row.mode;
    policy.opens_at = row.opens_at;
    policy.max_waiting -= 1;  // so that every row is a change
    set_room(policy);
    EXPECT_EQ(view(5).eta.has_value(), row.estimated);
    EXPECT_EQ(entry_of(state_->world(), room()).view.eta_for_newcomer.has_value(), row.estimated);
  }
  policy.mode = Mode::closed;
  set_room(policy);
  EXPECT_FALSE(entry_of(state_->world(), room()).view.eta_for_newcomer);
  policy.mode = Mode::bypass;
  set_room(policy);
  EXPECT_EQ(entry_of(state_->world(), room()).view.eta_for_newcomer, room::Eta{});
}

TEST_F(Admission, WhoWaitsForTheRateIsToldForHowLong) {
  room::Policy policy;
  policy.admit = room::Rate{1, Millis(20'000)};
  set_room(policy);
  join(1);
  join(2);
  EXPECT_EQ(view(2).eta, (room::Eta{20, 20}));
  const auto index = *state_->world().tickets.find(id(2));
  EXPECT_EQ(view_of(state_->world(), index, now_ + Millis(15'000)).eta, (room::Eta{5, 5}))
      << "though nothing was recorded since";
}

TEST_F(Admission, OnlyPlacesInTheLineThatWereGivenUpShortenTheEstimate) {
  const auto estimate_after = [this](const std::function<void()>& act) {
    state_ = std::make_unique<State>();
    now_ = kBegin;
    room::Policy policy;
    policy.admit = room::Rate{1, Millis(10'000)};
    policy.liveness_silence = Millis(5'000);
    set_room(policy);
    join_many(1, 40);
    act();
    wait(Millis(1));
    return room().estimate;
  };
  const auto aside = [this] {
    for (int i = 0; i < 4; ++i) wait(Millis(3'000));
    ASSERT_TRUE(view(2).passed_over);
  };
  const room::Estimate stayed = estimate_after(aside);
  const room::Estimate left = estimate_after([&] {
    aside();
    do_one(Leave{id(2)});
  });
  EXPECT_EQ(stayed, left);
}

}  // namespace
}  // namespace doorward::engine
