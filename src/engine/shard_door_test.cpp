// What a shard refuses before it is in the log, and what it tells of the log.
#include "engine/shard_test_support.hpp"

namespace doorward::engine {
namespace {

using ShardDoor = ShardTest;

TEST_F(ShardDoor, ACommandThatNoReaderWouldTakeIsAnsweredAndNeverAppended) {
  open();
  set_room(1);
  // They are counted once the append returns, and that may be after the answer.
  const auto are_appended = [&](std::uint64_t n) {
    return comes_true([&] { return shard_->stats().commands == n; });
  };
  EXPECT_TRUE(are_appended(2)) << "the node's start and the room";
  EXPECT_EQ(do_one(RemoveRoom{std::string(98, 'r')}).status, Status::malformed);
  EXPECT_EQ(do_one(RemoveRule{std::string(200, 'x')}).status, Status::malformed);
  EXPECT_TRUE(shard_->submit(RemoveRoom{std::string(200, 'x')}));  // nobody waits for it
  EXPECT_EQ(join(2).status, Status::done);
  EXPECT_TRUE(are_appended(3));
  open();
  EXPECT_TRUE(shard_->find("r", SubjectKey{2, 7}));
}

TEST_F(ShardDoor, AsManyTicketsAreMadeAsMayBeAndWhoHasOneKeepsIt) {
  options_.max_tickets = 3;
  open();
  set_room(1);
  for (std::uint64_t n = 1; n <= 3; ++n) EXPECT_EQ(join(n).status, Status::done);
  EXPECT_EQ(join(4).status, Status::shard_full);
  EXPECT_EQ(join(2).status, Status::already) << "a retry, or the same visitor anew";
  EXPECT_EQ(do_one(Join{"r", {3, 7}, {0, 99}, ""}).status, Status::already);
  EXPECT_EQ(do_one(Join{"none", {9, 7}, {0, 98}, ""}).status, Status::no_such_room);
  EXPECT_EQ(do_one(Leave{{0, 1}}).status, Status::done);
  EXPECT_EQ(join(4).status, Status::shard_full) << "what is closed is remembered for a while";
  options_.max_tickets = 4;
  open();
  EXPECT_EQ(join(4).status, Status::done);
}

TEST_F(ShardDoor, WhatIsRefusedAsThingsAreIsNotWritten) {
  open();
  room::Policy policy;
  policy.capacity = 1;
  policy.max_waiting = 1;
  do_one(SetRoom{"full", policy});
  const auto join_at = [&](const char* room, std::uint64_t n, const char* lane = "") {
    return do_one(Join{room, {n, 7}, {0, n}, lane}).status;
  };
  EXPECT_EQ(join_at("full", 1), Status::done);
  EXPECT_EQ(join_at("full", 2), Status::done);
  policy.mode = room::Mode::closed;
  do_one(SetRoom{"closed", policy});
  reserve::Inventory one;
  one.count = 1;
  do_one(SetInventory{"one", one});
  const auto hold = [&](const char* inventory, std::uint64_t n) {
    return do_one(Hold{inventory, {n, 7}, {1, n}, {}, 1, {}}).status;
  };
  EXPECT_EQ(hold("one", 1), Status::done);
  // While the applier is in, a join is written all the same.
  EXPECT_TRUE(comes_true([&] {
    const ports::LogPosition before = shard_->applied();
    EXPECT_EQ(join_at("none", 3), Status::no_such_room);
    EXPECT_EQ(join_at("closed", 3), Status::room_closed);
    EXPECT_EQ(join_at("full", 3), Status::room_full);
    EXPECT_EQ(join_at("full", 3, "vip"), Status::no_such_lane);
    EXPECT_EQ(hold("none", 2), Status::no_such_inventory);
    EXPECT_EQ(hold("one", 2), Status::sold_out);
    return shard_->applied() == before;
  }));
  EXPECT_EQ(join_at("full", 2), Status::already);
  EXPECT_EQ(hold("one", 1), Status::already);
}

TEST_F(ShardDoor, WhoMayEnterAtTheTimeOfTheJoinIsNotRefusedBefore) {
  open();
  room::Policy policy;
  policy.admit = room::Rate{1, Millis(1'000)};
  policy.max_waiting = 0;
  do_one(SetRoom{"r", policy});
  EXPECT_EQ(join(1).status, Status::done);
  EXPECT_EQ(join(2).status, Status::room_full);
  clock_.advance(Millis(2'000));
  EXPECT_EQ(join(3).status, Status::done);
}

TEST_F(ShardDoor, WhereOnlyThePresentEnterOrNobodyIsInLineAFullRoomRefusesToo) {
  open();
  room::Policy policy;
  policy.capacity = 1;
  policy.max_waiting = 1;
  policy.present_only = true;
  do_one(SetRoom{"absent", policy});
  const auto join_at = [&](const char* room, std::uint64_t n) {
    return do_one(Join{room, {n, 7}, {0, n}, ""}).status;
  };
  EXPECT_EQ(join_at("absent", 1), Status::done);
  policy.present_only = false;
  policy.max_waiting = 0;
  do_one(SetRoom{"none", policy});
  EXPECT_EQ(join_at("none", 2), Status::done);
  // While the applier is in, a join is written all the same.
  EXPECT_TRUE(comes_true([&] {
    const ports::LogPosition before = shard_->applied();
    EXPECT_EQ(join_at("absent", 3), Status::room_full);
    EXPECT_EQ(join_at("none", 3), Status::room_full);
    return shard_->applied() == before;
  }));
}

TEST_F(ShardDoor, WhatEndedByTheClockIsFreeBeforeARecordSaysSo) {
  open();
  room::Policy policy;
  policy.capacity = 1;
  policy.max_waiting = 0;
  policy.session_ttl = Millis(1'001);
  policy.renew = room::Renew::never;
  do_one(SetRoom{"r", policy});
  reserve::Inventory one;
  one.count = 1;
  one.hold_ttl = Millis(1'001);
  do_one(SetInventory{"one", one});
  const auto hold = [&](std::uint64_t n) {
    return do_one(Hold{"one", {n, 7}, {1, n}, {}, 1, {}}).status;
  };
  EXPECT_EQ(join(1).status, Status::done);
  EXPECT_EQ(hold(1), Status::done);
  clock_.advance(Millis(1'001));  // a tick comes by the next step of 50 ms
  EXPECT_EQ(join(2).status, Status::done);
  EXPECT_EQ(hold(2), Status::done);
}

TEST_F(ShardDoor, WhoHoldsAndGivesBackInALoopIsStoppedAlone) {
  open();
  reserve::Inventory spec;
  spec.count = 10;
  EXPECT_EQ(do_one(SetInventory{"i", spec}).status, Status::done);
  const SubjectKey looper{1, 1};
  const auto hold = [&](const SubjectKey& subject, std::uint64_t n) {
    return do_one(Hold{"i", subject, {subject.hi, n}, {}, 1, {}}).status;
  };
  constexpr std::uint64_t kMost = 1'000;
  for (std::uint64_t n = 1; n <= kMost; ++n) {
    ASSERT_EQ(hold(looper, n), Status::done) << n;
    ASSERT_EQ(do_one(Release{"i", {looper.hi, n}, looper, 0}).status, Status::done) << n;
  }
  EXPECT_EQ(hold(looper, kMost + 1), Status::subject_limit);
  EXPECT_EQ(hold(looper, kMost), Status::hold_over) << "a retry is told what became of it";
  EXPECT_EQ(hold({2, 2}, 1), Status::done);
  open();
  EXPECT_EQ(hold(looper, kMost + 1), Status::subject_limit) << "counted anew after a restart";
  clock_.advance(options_.remember_closed + Millis(10'000));
  EXPECT_TRUE(comes_true([&] {
    clock_.advance(Millis(4'000));
    return hold(looper, kMost + 1) == Status::done;
  })) << "until the others are forgotten";
}

class ShardBesideAClock : public ShardTest {
 protected:
  void open_with_another_clock() {
    log_ = std::make_unique<ports::MemoryLog>(of_log_, store_);
    options_.on_trouble = [this](Trouble trouble, std::string_view cause) {
      const std::lock_guard lock(told_mutex_);
      told_.emplace_back(trouble, cause);
    };
    shard_ = std::move(*Shard::open(*log_, clock_, entropy_, ear_, options_));
    set_room(1);
  }
  void TearDown() override { shard_.reset(); }  // before the clock that its log asks

  ports::FakeClock of_log_;
};

TEST_F(ShardBesideAClock, ALogWhoseTimeStandsStillIsTold) {
  open_with_another_clock();
  clock_.advance(Millis(4'000));
  join(1);
  EXPECT_EQ(told(Trouble::time_stands), 0);
  clock_.advance(Millis(2'000));
  join(2);
  join(3);
  EXPECT_EQ(told(Trouble::time_stands), 1) << "once for each standstill";
  of_log_.advance(Millis(1));
  join(4);
  clock_.advance(Millis(6'000));
  join(5);
  EXPECT_EQ(told(Trouble::time_stands), 2);
  EXPECT_EQ(shard_->stats().standstills, 2U);
}

TEST_F(ShardBesideAClock, ALogThatIsAheadOfTheClockIsTold) {
  open_with_another_clock();
  EXPECT_EQ(shard_->stats().ahead, Millis(0));
  of_log_.advance(Millis(10'001));
  join(1);
  join(2);
  EXPECT_EQ(told(Trouble::time_ahead), 1) << "once";
  EXPECT_EQ(shard_->stats().ahead, Millis(10'001));
  clock_.advance(Millis(10'001));
  join(3);
  EXPECT_EQ(shard_->stats().ahead, Millis(0));
  of_log_.advance(std::chrono::hours{1});
  join(4);
  EXPECT_EQ(told(Trouble::time_ahead), 2);
}

}  // namespace
}  // namespace doorward::engine
