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

}  // namespace
}  // namespace doorward::engine
