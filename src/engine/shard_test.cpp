#include "engine/keeper.hpp"
#include "engine/shard_test_support.hpp"

#include <thread>

namespace doorward::engine {
namespace {

TEST_F(ShardTest, ACommandIsAnsweredOnceItIsAppliedAndThenSeenByReads) {
  open();
  set_room(1);
  const Outcome first = join(1);
  EXPECT_EQ(first.status, Status::done);
  EXPECT_EQ(first.ticket->state, room::TicketState::admitted);
  EXPECT_EQ(join(2).ticket->position, 1U);
  const auto handle = shard_->find("r", SubjectKey{2, 7});
  ASSERT_TRUE(handle);
  EXPECT_EQ(shard_->find(TicketId{0, 2}), handle);
  EXPECT_EQ(shard_->read(*handle)->position, 1U);
  EXPECT_EQ(shard_->room("r")->view.waiting, 1U);
  EXPECT_EQ(shard_->room("r")->view.inside, 1U);
}

TEST_F(ShardTest, WhatWasAnsweredIsThereAfterARestart) {
  open();
  set_room(1);
  for (std::uint64_t n = 1; n <= 100; ++n) join(n);
  const auto at = shard_->applied();
  open();
  EXPECT_GE(shard_->applied(), at);
  EXPECT_EQ(shard_->read(*shard_->find(TicketId{0, 100}))->position, 99U);
  EXPECT_EQ(join(101).ticket->position, 100U);
}

limit::Rule rule(const char* name, std::uint64_t limit = 10) {
  limit::Rule made;
  made.name = name;
  made.quotas = {{"1s", {}}};
  made.quotas[0].quota.limit = limit;
  return made;
}

TEST_F(ShardTest, ARuleIsInForceWhenItsCommandIsAnswered) {
  open();
  EXPECT_TRUE(shard_->rules()->rules().empty());
  const auto version = shard_->rules_version();
  EXPECT_EQ(do_one(SetRule{rule("a")}).status, Status::done);
  EXPECT_EQ(do_one(SetRule{rule("b")}).status, Status::done);
  const auto before = shard_->rules();
  EXPECT_GT(shard_->rules_version(), version);
  EXPECT_EQ(do_one(SetRule{rule("a", 20)}).status, Status::done);
  EXPECT_EQ(before->named("a")->quotas()[0].compiled.limit(), 10U) << "a set never changes";
  EXPECT_EQ(shard_->rules()->named("a")->quotas()[0].compiled.limit(), 20U);
  EXPECT_EQ(shard_->rules()->named("b"), before->named("b"));
  EXPECT_TRUE(comes_true([&] { return ear_.rule_changes >= 3; }));
}

TEST_F(ShardTest, RulesAreThereAfterARestart) {
  open();
  do_one(SetRule{rule("a"), limit::RuleSource::file});
  do_one(SetRule{rule("b")});
  do_one(RemoveRule{"b"});
  open();
  ASSERT_EQ(shard_->rules()->rules().size(), 1U);
  EXPECT_EQ(shard_->rules()->named("a")->entry().source, limit::RuleSource::file);
}

TEST_F(ShardTest, ASessionEndsByATickWithoutAnyCommand) {
  open();
  room::Policy policy;
  policy.capacity = 1;
  policy.session_ttl = Millis(3'000);
  do_one(SetRoom{"r", policy});
  join(1);
  join(2);
  const auto second = *shard_->find(TicketId{0, 2});
  const auto is_in = [&] {
    clock_.advance(Millis(100));
    return shard_->read(second)->state == room::TicketState::admitted;
  };
  EXPECT_TRUE(comes_true(is_in));
  EXPECT_TRUE(ear_.hears(3));
}

TEST_F(ShardTest, ALogThatRefusesIsToldAtOnceAndWritingResumesByItself) {
  open();
  set_room(1);
  join(1);
  log_->refuse_appends(true);
  EXPECT_EQ(join(2).status, Status::unavailable);
  EXPECT_FALSE(shard_->submit(Join{"r", {3, 7}, {0, 3}, ""}));
  EXPECT_FALSE(shard_->stats().writable);
  EXPECT_TRUE(shard_->find(TicketId{0, 1})) << "reads go on";
  EXPECT_TRUE(comes_true([&] { return told(Trouble::append_failed) > 0; }));
  EXPECT_FALSE(shard_->health().broken);
  EXPECT_EQ(told(Trouble::append_resumed), 0U);
  log_->refuse_appends(false);
  EXPECT_TRUE(comes_true([&] { return shard_->stats().writable; }));
  EXPECT_TRUE(comes_true([&] { return told(Trouble::append_resumed) > 0; }));
  EXPECT_EQ(join(4).status, Status::done);
  EXPECT_EQ(told(Trouble::append_resumed), 1U) << "once";
}

TEST_F(ShardTest, ABatchThatStandsInTheLogThoughItsAppendFailedIsAppliedOnce) {
  open();
  set_room(1);
  log_->fail_next(ports::MemoryLog::Fault::taken_unanswered);
  const Outcome unsure = join(1);
  EXPECT_TRUE(unsure.status == Status::unavailable || unsure.status == Status::done);
  EXPECT_TRUE(comes_true([&] { return shard_->stats().writable; }));
  EXPECT_EQ(join(2).ticket->position, 1U);
  EXPECT_EQ(shard_->room("r")->view.joined_total, 2U);
}

TEST_F(ShardTest, ManyThreadsEachGetTheirOwnAnswer) {
  open();
  set_room(1);
  std::vector<std::uint32_t> positions;
  std::mutex mutex;
  std::vector<std::thread> threads;
  for (std::uint64_t t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (std::uint64_t n = 0; n < 100; ++n) {
        const Outcome outcome = join(1 + t * 1'000 + n);
        const std::lock_guard lock(mutex);
        positions.push_back(outcome.ticket->position.value_or(0));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::ranges::sort(positions);
  for (std::uint32_t n = 0; n < 400; ++n) EXPECT_EQ(positions[n], n);
}

TEST_F(ShardTest, ASnapshotIsWrittenWhenDueAndTheNextStartGoesOnFromIt) {
  options_.snapshot_every = 20;
  options_.keep_records = Millis(0);
  open();
  set_room(1);
  std::uint64_t joined = 0;
  const auto join_next = [&] {
    clock_.advance(Millis(1));
    join(++joined);
  };
  while (joined < 100) join_next();
  // A snapshot is taken only as commands come, and not while the last one is still being written,
  // which may be long on a busy machine: so they come until one dropped what it covers.
  EXPECT_TRUE(comes_true([&] {
    join_next();
    return log_->size() < 50;
  })) << "what the snapshot covers was dropped";
  EXPECT_GT(shard_->stats().snapshots, 0U);
  open();
  EXPECT_EQ(shard_->read(*shard_->find(TicketId{0, 100}))->position, 99U);
}

TEST_F(ShardTest, RecordsBehindManySnapshotsGoBeforeTheirTime) {
  options_.snapshot_every = 10;
  options_.keep_records = std::chrono::hours{24};
  open();
  set_room(1);
  std::uint64_t joined = 0;
  std::size_t most = 0;
  EXPECT_TRUE(comes_true([&] {
    clock_.advance(Millis(1));
    join(++joined);
    most = std::max(most, log_->size());
    return log_->size() < most;
  }));
  EXPECT_GE(shard_->stats().snapshots, kMostBehind);
}

TEST_F(ShardTest, ASnapshotThatCannotBeWrittenIsToldAndCounted) {
  options_.snapshot_every = 20;
  open();
  set_room(1);
  log_->refuse_snapshots(true);
  for (std::uint64_t n = 1; n <= 40; ++n) join(n);
  EXPECT_TRUE(comes_true([&] { return told(Trouble::snapshot_failed) > 0; }));
  EXPECT_GT(shard_->stats().snapshot_failures, 0U);
  EXPECT_EQ(shard_->stats().snapshots, 0U);
}

TEST_F(ShardTest, DestructionAnswersEverybody) {
  open();
  set_room(1);
  std::deque<Answer> answers;
  for (std::uint64_t n = 1; n <= 500; ++n) {
    const Join command{"r", {n, 7}, {0, n}, ""};
    ASSERT_TRUE(shard_->submit(command, answers.emplace_back()));
  }
  shard_.reset();
  for (Answer& answer : answers) {
    const Status status = answer.get().status;
    EXPECT_TRUE(status == Status::done || status == Status::unavailable) << to_string(status);
  }
}

TEST_F(ShardTest, AFullQueueRefuses) {
  options_.queue_limit = 1;
  open();
  std::deque<Answer> answers;
  bool was_refused = false;
  for (std::uint64_t n = 1; n <= 100'000 && !was_refused; ++n) {
    const auto taken = shard_->submit(Touch{{0, n}}, answers.emplace_back());
    if (taken) continue;
    EXPECT_EQ(taken.error().code, Errc::overloaded);
    was_refused = true;
  }
  EXPECT_TRUE(was_refused);
  shard_.reset();  // which answers those that still wait, as long as they are there
}

TEST_F(ShardTest, ADamagedBatchStopsTheStart) {
  ports::MemoryLog(clock_, store_).append("no batch").value();
  ports::MemoryLog log(clock_, store_);
  const auto shard = Shard::open(log, clock_, entropy_, ear_, options_);
  ASSERT_FALSE(shard);
  EXPECT_EQ(shard.error().code, Errc::corrupt);
}

TEST_F(ShardTest, ADamagedBatchWhileRunningIsToldAndReadsGoOn) {
  open();
  set_room(1);
  join(1);
  ports::MemoryLog(clock_, store_).append("no batch").value();
  EXPECT_TRUE(comes_true([&] { return !shard_->stats().fault.empty(); }));
  EXPECT_TRUE(comes_true([&] { return told(Trouble::broken) == 1; }));
  EXPECT_TRUE(shard_->health().broken);
  EXPECT_FALSE(shard_->health().writable);
  EXPECT_FALSE(shard_->submit(Tick{}));
  EXPECT_TRUE(shard_->find(TicketId{0, 1}));
}

TEST_F(ShardTest, ANodeThatHoldsStreamsIsHeardWithinItsLease) {
  open();
  room::Policy policy;
  policy.capacity = 1;
  do_one(SetRoom{"r", policy});
  // No deadline is pending but that of the session, far away; the stream alone asks for ticks.
  join(1);
  join(2);
  EXPECT_EQ(do_one(PresenceStart{{0, 2}}).status, Status::done);
  const auto before = shard_->stats().batches;
  clock_.advance(Millis(5'100));
  EXPECT_TRUE(comes_true([&] { return shard_->stats().batches > before; }));
}

TEST_F(ShardTest, ADrawRoomIsDrawnWhenItOpensByItsTime) {
  open();
  room::Policy policy;
  policy.order = room::Order::draw;
  policy.capacity = 1;
  policy.opens_at = clock_.wall_now() + Millis(1'000);
  do_one(SetRoom{"r", policy});
  EXPECT_FALSE(join(1).ticket->position);
  EXPECT_TRUE(comes_true([&] {
    clock_.advance(Millis(100));
    return shard_->room("r")->view.inside == 1;
  }));
}

TEST_F(ShardTest, TwoNodesOverOneLogSeeTheSame) {
  open();
  set_room(1);
  ports::MemoryLog other_log(clock_, store_);
  ports::SeededEntropy other_entropy(2);
  Ear other_ear;
  auto other = Shard::open(other_log, clock_, other_entropy, other_ear, options_);
  ASSERT_TRUE(other);
  for (std::uint64_t n = 1; n <= 10; ++n) join(n);
  EXPECT_TRUE(comes_true([&] { return (*other)->find(TicketId{0, 10}).has_value(); }));
  EXPECT_EQ((*other)->read(*(*other)->find(TicketId{0, 10}))->position, 9U);
  Answer answer;
  ASSERT_TRUE((*other)->submit(Finish{{0, 1}}, answer));
  EXPECT_EQ(answer.get().status, Status::done);
  EXPECT_TRUE(comes_true([&] {
    return shard_->read(*shard_->find(TicketId{0, 2}))->state == room::TicketState::admitted;
  }));
}

}  // namespace
}  // namespace doorward::engine
