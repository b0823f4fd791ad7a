#include "core/reserve/lock.hpp"

#include <gtest/gtest.h>

namespace doorward::reserve {
namespace {

using enum LockVerdict;

ServiceTime at(std::int64_t ms) { return ServiceTime(Millis(ms)); }
LockId id(std::uint64_t n) { return {0, n}; }
LockRequest request(std::uint64_t n, std::int64_t wait = 0) {
  return {id(n), Millis(1'000), Millis(wait), 1};
}

TEST(Lock, IsGivenToTheFirstAndRefusedToOthers) {
  Lock lock;
  EXPECT_EQ(lock.acquire(request(1), at(0), 7), held);
  EXPECT_EQ(lock.holder()->fence, 7U);
  EXPECT_EQ(lock.acquire(request(2), at(999), 8), busy);
  EXPECT_EQ(lock.acquire(request(1), at(999), 8), already) << "a retry changes nothing";
  EXPECT_EQ(lock.holder()->fence, 7U);
  EXPECT_EQ(lock.next_due(), at(1'000));
}

TEST(Lock, IsReleasedByItsHolderOnly) {
  Lock lock;
  lock.acquire(request(1), at(0), 7);
  EXPECT_EQ(lock.release(id(2), 0), not_yours);
  EXPECT_EQ(lock.release(id(1), 6), not_yours) << "the fence of another grant";
  EXPECT_EQ(lock.release(id(1), 7), held);
  EXPECT_EQ(lock.release(id(1), 7), not_yours);
  EXPECT_TRUE(lock.is_idle());
}

TEST(Lock, AnEndedLeaseIsNeitherRenewedNorReleased) {
  Lock lock;
  lock.acquire(request(1), at(0), 7);
  EXPECT_EQ(lock.renew(id(1), 7, Millis(1'000), at(500)), held);
  EXPECT_TRUE(lock.fall_due(at(1'499)).empty());
  EXPECT_FALSE(lock.is_free());
  lock.fall_due(at(1'500));
  EXPECT_TRUE(lock.is_free());
  EXPECT_EQ(lock.renew(id(1), 7, Millis(1'000), at(1'500)), not_yours);
  EXPECT_EQ(lock.acquire(request(2), at(1'500), 8), held);
  EXPECT_EQ(lock.release(id(1), 0), not_yours) << "of somebody else now";
}

TEST(Lock, WaitersComeInTheirOrderAndLeaveWhenTheirTimeIsUp) {
  Lock lock;
  lock.acquire(request(1), at(0), 7);
  EXPECT_EQ(lock.acquire(request(2, 300), at(0), 8), queued);
  EXPECT_EQ(lock.acquire(request(3, 900), at(0), 8), queued);
  EXPECT_EQ(lock.acquire(request(3, 900), at(100), 8), queued) << "once";
  EXPECT_EQ(lock.waiters().size(), 2U);
  EXPECT_EQ(lock.next_due(), at(300));
  const auto ended = lock.fall_due(at(300));
  ASSERT_EQ(ended.size(), 1U);
  EXPECT_EQ(ended.front().request.id, id(2));
  EXPECT_EQ(lock.release(id(1), 0), held);
  EXPECT_EQ(lock.acquire(request(4), at(301), 8), busy) << "nobody overtakes who waits";
  EXPECT_EQ(lock.take_next()->request.id, id(3));
  EXPECT_EQ(lock.take_next(), std::nullopt);
}

TEST(Lock, AWaiterMayGiveUp) {
  Lock lock;
  lock.acquire(request(1), at(0), 7);
  lock.acquire(request(2, 300), at(0), 8);
  EXPECT_EQ(lock.release(id(2), 0), queued);
  EXPECT_TRUE(lock.waiters().empty());
}

TEST(Lock, AsManyWaitAsMay) {
  Lock lock;
  lock.acquire(request(1), at(0), 7);
  for (std::uint64_t n = 0; n < kMaxWaiters; ++n)
    ASSERT_EQ(lock.acquire(request(n + 2, 300), at(0), 8), queued);
  EXPECT_EQ(lock.acquire(request(kMaxWaiters + 2, 300), at(0), 8), too_many);
}

TEST(Lock, NamesAreLettersDigitsAndFewSigns) {
  for (const char* name : {"reserve", "Order:17", "a.b-c_d", "9"})
    EXPECT_TRUE(is_valid_lock_name(name)) << name;
  for (const char* name : {"", "a/b", "-a", "a b", "a%20b"})
    EXPECT_FALSE(is_valid_lock_name(name)) << name;
  EXPECT_FALSE(is_valid_lock_name(std::string(65, 'a')));
}

}  // namespace
}  // namespace doorward::reserve
