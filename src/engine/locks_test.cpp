// Locks as the log moves them.
#include "engine/locks.hpp"

#include "engine/world_test_support.hpp"

namespace doorward::engine {
namespace {

class LocksTest : public StateTest {
 protected:
  static reserve::LockId lock_id(std::uint64_t n) { return {2, n}; }
  Outcome acquire(std::uint64_t n, Millis wait = Millis(0), Millis lease = Millis(5'000)) {
    return do_one(AcquireLock{"door", lock_id(n), lease, wait});
  }
  std::vector<LockGrant> grants() { return state_->take_changes().grants; }
};

TEST_F(LocksTest, ALockIsOneHoldersUntilItsLeaseEnds) {
  EXPECT_EQ(acquire(1).status, Status::done);
  const Outcome busy = acquire(2);
  EXPECT_EQ(busy.status, Status::lock_busy);
  EXPECT_EQ(busy.lock->fence, 0U);
  EXPECT_EQ(busy.lock->expires_at, now_ + Millis(5'000));
  EXPECT_EQ(do_one(RenewLock{"door", lock_id(2), 0, Millis(9'000)}).status, Status::lock_lost);
  EXPECT_EQ(do_one(RenewLock{"door", lock_id(1), 1, Millis(6'000)}).status, Status::done);
  wait(Millis(3'000));
  wait(Millis(3'000));
  EXPECT_EQ(do_one(RenewLock{"door", lock_id(1), 1, Millis(6'000)}).status, Status::lock_lost);
  EXPECT_EQ(acquire(2).lock->fence, 2U);
  EXPECT_EQ(do_one(ReleaseLock{"door", lock_id(1), 0}).status, Status::lock_lost)
      << "of another holder";
  EXPECT_EQ(do_one(ReleaseLock{"door", lock_id(2), 2}).status, Status::done);
  EXPECT_EQ(state_->world().reserved.locks.size(), 0U) << "nobody wants it";
}

TEST_F(LocksTest, AReleasedLockGoesToTheFirstWhoWaits) {
  do_one(NodeStarted{1, Millis(10'000)});
  acquire(1);
  EXPECT_EQ(acquire(2, Millis(4'000)).status, Status::lock_queued);
  EXPECT_EQ(acquire(3, Millis(10'000)).status, Status::lock_queued);
  grants();
  do_one(ReleaseLock{"door", lock_id(1), 0});
  auto granted = grants();
  ASSERT_EQ(granted.size(), 1U);
  EXPECT_EQ(granted[0].id, lock_id(2));
  EXPECT_EQ(granted[0].status, Status::done);
  EXPECT_EQ(granted[0].view.fence, 2U);
  EXPECT_EQ(acquire(4, Millis(1'000)).status, Status::lock_queued);
  wait(Millis(1'000));
  granted = grants();
  ASSERT_EQ(granted.size(), 1U);
  EXPECT_EQ(granted[0].id, lock_id(4));
  EXPECT_EQ(granted[0].status, Status::lock_busy) << "its patience ended";
  wait(Millis(4'000));
  granted = grants();
  ASSERT_EQ(granted.size(), 1U) << "the lease of the second ended";
  EXPECT_EQ(granted[0].id, lock_id(3));
}

TEST_F(LocksTest, AWaiterOfADeadProcessIsPassedOver) {
  do_one(NodeStarted{1, Millis(10'000)});
  acquire(1, {}, Millis(60'000));
  acquire(2, Millis(60'000));
  node_ = 2;
  next_counter_ = 1;
  do_one(NodeStarted{1, Millis(10'000)});
  EXPECT_EQ(acquire(3, Millis(60'000)).status, Status::lock_queued);
  grants();
  do_one(ReleaseLock{"door", lock_id(1), 0});
  const auto ended = grants();
  ASSERT_EQ(ended.size(), 2U);
  EXPECT_EQ(ended[0].status, Status::lock_busy);
  EXPECT_EQ(ended[1].id, lock_id(3));
  EXPECT_EQ(ended[1].status, Status::done);
  EXPECT_EQ(state_->presences_of(1), 0U);
}

TEST_F(LocksTest, AWaiterWhoIsPassedOverIsAnswered) {
  do_one(NodeStarted{1, Millis(10'000)});
  acquire(1, {}, Millis(60'000));
  acquire(2, Millis(60'000));
  node_ = 2;
  next_counter_ = 1;
  do_one(NodeStarted{1, Millis(10'000)});
  EXPECT_EQ(acquire(2, Millis(20'000)).status, Status::lock_queued) << "by the rules of old logs";
  grants();
  do_one(ReleaseLock{"door", lock_id(1), 0});
  const auto ended = grants();
  ASSERT_EQ(ended.size(), 1U);
  EXPECT_EQ(ended[0].id, lock_id(2));
  EXPECT_EQ(ended[0].status, Status::lock_busy);
}

TEST_F(LocksTest, AWaiterWhoCallsAgainWaitsWhereItCalled) {
  const NodeStarted start{1, Millis(10'000), kNewestRules};
  do_one(start);
  acquire(1, {}, Millis(60'000));
  acquire(2, Millis(60'000));
  acquire(3, Millis(60'000));
  node_ = 2;
  next_counter_ = 1;
  do_one(start);
  EXPECT_EQ(acquire(2, Millis(20'000)).status, Status::lock_queued);
  node_ = 3;
  next_counter_ = 1;
  EXPECT_EQ(do_one(ReleaseLock{"door", lock_id(2), 0}).status, Status::lock_lost)
      << "it hung up there before it called again elsewhere";
  restore();
  grants();
  node_ = 2;
  next_counter_ = 10;
  do_one(ReleaseLock{"door", lock_id(1), 0});
  const auto granted = grants();
  ASSERT_EQ(granted.size(), 1U);
  EXPECT_EQ(granted[0].id, lock_id(2));
  EXPECT_EQ(granted[0].status, Status::done);
  EXPECT_EQ(granted[0].node, 2U);
  EXPECT_EQ(state_->presences_of(2), 0U);
}

TEST_F(LocksTest, AWaiterWhoCallsAgainWaitsAsLongAsItSaysThen) {
  do_one(NodeStarted{1, Millis(10'000), kNewestRules});
  acquire(1, {}, Millis(60'000));
  acquire(2, Millis(60'000));
  acquire(2, Millis(1'000));
  grants();
  wait(Millis(1'000));
  auto ended = grants();
  ASSERT_EQ(ended.size(), 1U);
  EXPECT_EQ(ended[0].status, Status::lock_busy);
  acquire(2, Millis(60'000));
  EXPECT_EQ(acquire(2).status, Status::lock_busy) << "and not at all";
  ended = grants();
  ASSERT_EQ(ended.size(), 1U);
  EXPECT_EQ(ended[0].status, Status::lock_busy);
  EXPECT_EQ(state_->world().reserved.locks.waiting(), 0U);
  EXPECT_EQ(state_->presences_of(1), 0U);
}

}  // namespace
}  // namespace doorward::engine
