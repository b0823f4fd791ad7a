#include "engine/shard.hpp"

#include "ports/memory/fake_clock.hpp"
#include "ports/memory/memory_log.hpp"
#include "ports/memory/seeded_entropy.hpp"

#include <gtest/gtest.h>

#include <condition_variable>
#include <deque>
#include <mutex>

namespace doorward::engine {
namespace {

// Waits in real time, so that a broken shard fails the test instead of hanging it.
constexpr std::chrono::seconds kPatience{20};

// Asks again and again until it is true, and gives up after `kPatience`.
template <class Predicate>
bool comes_true(Predicate&& is_true) {
  std::mutex mutex;
  std::condition_variable never;
  std::unique_lock lock(mutex);
  for (int i = 0; i < 20'000; ++i) {
    if (is_true()) return true;
    never.wait_for(lock, std::chrono::milliseconds(1));
  }
  return false;
}

class Answer final : public Completion {
 public:
  void complete(Outcome outcome) override {
    const std::lock_guard lock(mutex_);
    outcome_ = std::move(outcome);
    ++times_;
    answered_.notify_all();
  }
  Outcome get() {
    std::unique_lock lock(mutex_);
    EXPECT_TRUE(answered_.wait_for(lock, kPatience, [this] { return times_ > 0; }));
    EXPECT_EQ(times_, 1);
    return outcome_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable answered_;
  Outcome outcome_;
  int times_ = 0;
};

class Ear final : public Listener {
 public:
  void changed(std::span<const TicketHandle> tickets) override {
    const std::lock_guard lock(mutex_);
    heard_ += tickets.size();
    changed_.notify_all();
  }
  void rooms_changed(std::span<const std::uint32_t>) override {}
  bool hears(std::size_t n) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, kPatience, [&] { return heard_ >= n; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t heard_ = 0;
};

class ShardTest : public testing::Test {
 protected:
  void open() {
    shard_.reset();
    log_ = std::make_unique<ports::MemoryLog>(clock_, store_);
    auto shard = Shard::open(*log_, clock_, entropy_, ear_, options_);
    ASSERT_TRUE(shard) << shard.error().what;
    shard_ = std::move(*shard);
  }
  Outcome do_one(Command command) {
    Answer answer;
    const auto taken = shard_->submit(std::move(command), answer);
    EXPECT_TRUE(taken) << taken.error().what;
    return taken ? answer.get() : Outcome{Status::unavailable, {}, {}};
  }
  Outcome join(std::uint64_t n) { return do_one(Join{"r", {n, 7}, {0, n}, ""}); }
  void set_room(std::uint32_t capacity) {
    room::Policy policy;
    policy.capacity = capacity;
    EXPECT_EQ(do_one(SetRoom{"r", policy}).status, Status::done);
  }

  ports::FakeClock clock_;
  ports::SeededEntropy entropy_{1};
  std::shared_ptr<ports::MemoryStore> store_ = std::make_shared<ports::MemoryStore>();
  Shard::Options options_;
  Ear ear_;
  std::unique_ptr<ports::MemoryLog> log_;
  std::unique_ptr<Shard> shard_;
};

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
  log_->refuse_appends(false);
  EXPECT_TRUE(comes_true([&] { return shard_->stats().writable; }));
  EXPECT_EQ(join(4).status, Status::done);
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

}  // namespace
}  // namespace doorward::engine
