// What a shard refuses before it is in the log, and what it tells of the log.
#include "engine/shard_test_support.hpp"

namespace doorward::engine {
namespace {

using ShardDoor = ShardTest;

TEST_F(ShardDoor, ACommandThatNoReaderWouldTakeIsAnsweredAndNeverAppended) {
  open();
  set_room(1);
  const std::uint64_t before = shard_->stats().commands;
  EXPECT_EQ(do_one(Join{std::string(98, 'r'), {1, 7}, {0, 1}, ""}).status, Status::malformed);
  EXPECT_EQ(do_one(Join{"r", {1, 7}, {0, 1}, std::string(65, 'l')}).status, Status::malformed);
  EXPECT_EQ(do_one(RemoveRule{std::string(200, 'x')}).status, Status::malformed);
  EXPECT_TRUE(shard_->submit(RemoveRoom{std::string(200, 'x')}));  // nobody waits for it
  EXPECT_EQ(join(2).status, Status::done);
  EXPECT_EQ(shard_->stats().commands, before + 1);
  open();
  EXPECT_TRUE(shard_->find("r", SubjectKey{2, 7}));
}

TEST_F(ShardDoor, ALogWhoseTimeStandsStillIsTold) {
  ports::FakeClock of_log;
  log_ = std::make_unique<ports::MemoryLog>(of_log, store_);
  options_.on_trouble = [this](Trouble trouble, std::string_view cause) {
    const std::lock_guard lock(told_mutex_);
    told_.emplace_back(trouble, cause);
  };
  shard_ = std::move(*Shard::open(*log_, clock_, entropy_, ear_, options_));
  set_room(1);
  clock_.advance(Millis(4'000));
  join(1);
  EXPECT_EQ(told(Trouble::time_stands), 0);
  clock_.advance(Millis(2'000));
  join(2);
  join(3);
  EXPECT_EQ(told(Trouble::time_stands), 1) << "once for each standstill";
  of_log.advance(Millis(1));
  join(4);
  clock_.advance(Millis(6'000));
  join(5);
  EXPECT_EQ(told(Trouble::time_stands), 2);
  EXPECT_EQ(shard_->stats().standstills, 2U);
}

}  // namespace
}  // namespace doorward::engine
