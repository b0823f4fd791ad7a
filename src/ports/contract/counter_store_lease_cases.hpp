// The cases of counter_store_contract.hpp about slots that are held on a lease.
#pragma once

#include "ports/contract/counter_store_contract.hpp"

namespace doorward::ports {

TEST_P(CounterStoreContract, AReleasedSlotIsFreeAtOnce) {
  const auto quota = quota_of(limit::Algorithm::concurrency, 2);
  const Hit first = hit(1, quota);
  const Hit second = hit(1, quota);
  const Hit third = hit(1, quota);
  EXPECT_TRUE(store_.decide(first, kStart).allowed);
  EXPECT_TRUE(store_.decide(second, kStart).allowed);
  EXPECT_FALSE(store_.decide(third, kStart).allowed);
  EXPECT_TRUE(store_.release(first, kStart));
  EXPECT_FALSE(store_.release(first, kStart));
  EXPECT_TRUE(store_.decide(third, kStart).allowed);
  EXPECT_TRUE(store_.release(second, kStart));
  EXPECT_TRUE(store_.release(third, kStart));
  EXPECT_EQ(left(1, quota, kStart), 2U);
}

TEST_P(CounterStoreContract, ASlotOfAHolderThatIsNotHeardOfComesBack) {
  const auto quota = quota_of(limit::Algorithm::concurrency, 1);
  const Hit gone = hit(1, quota);
  EXPECT_TRUE(store_.decide(gone, kStart).allowed);
  EXPECT_FALSE(store_.decide(hit(1, quota), kStart + kMinute - limit::Nanos{1}).allowed);
  EXPECT_TRUE(store_.decide(hit(1, quota), kStart + kMinute).allowed);
  EXPECT_FALSE(store_.renew(gone, kStart + kMinute));
  EXPECT_FALSE(store_.release(gone, kStart + kMinute));
}

TEST_P(CounterStoreContract, ARenewedSlotIsHeldOn) {
  const auto quota = quota_of(limit::Algorithm::concurrency, 1);
  const Hit holder = hit(1, quota);
  EXPECT_FALSE(store_.renew(holder, kStart));
  EXPECT_TRUE(store_.decide(holder, kStart).allowed);
  EXPECT_TRUE(store_.renew(holder, kStart + kMinute / 2));
  EXPECT_FALSE(store_.decide(hit(1, quota), kStart + kMinute).allowed);
  EXPECT_TRUE(store_.decide(hit(1, quota), kStart + kMinute * 3 / 2).allowed);
}

TEST_P(CounterStoreContract, ASlotTakenTwiceUnderOneIdIsOne) {
  const auto quota = quota_of(limit::Algorithm::concurrency, 1);
  const auto other = quota_of(limit::Algorithm::gcra, 10);
  const Hit holder = hit(1, quota);
  EXPECT_TRUE(store_.decide(holder, kStart).allowed);
  EXPECT_TRUE(store_.decide(holder, kStart).allowed);
  const std::array both{holder, hit(2, other)};
  std::array<limit::Decision, 2> decisions;
  EXPECT_TRUE(store_.decide(both, kStart, decisions));
  EXPECT_TRUE(store_.release(holder, kStart));
  EXPECT_EQ(left(1, quota, kStart), 1U);
}

TEST_P(CounterStoreContract, ALeaseOfAnotherKindOfKeyIsNone) {
  const auto windows = quota_of(limit::Algorithm::fixed_window, 5);
  const auto slots = quota_of(limit::Algorithm::concurrency, 5);
  EXPECT_TRUE(store_.decide(hit(1, windows), kStart).allowed);
  EXPECT_FALSE(store_.renew(hit(1, windows), kStart));
  EXPECT_FALSE(store_.release(hit(1, windows), kStart));
  EXPECT_FALSE(store_.release(hit(1, slots), kStart));
  EXPECT_EQ(left(1, windows, kStart), 4U);
}

}  // namespace doorward::ports
