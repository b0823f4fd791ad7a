#include "gateway/limits/count_hits.hpp"

#include "ports/memory/memory_counter_store.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace doorward::gateway {
namespace {

using namespace std::chrono_literals;
using limit::Algorithm;

// Forty counters of a window, with others among them.
class CountHits : public testing::Test {
 protected:
  CountHits() {
    for (std::uint64_t i = 0; i < 40; ++i) hits_.push_back({{i, 7}, &wide_, 1, 0});
  }
  static limit::CompiledQuota quota(Algorithm algorithm, std::uint64_t most) {
    limit::Quota made;
    made.algorithm = algorithm;
    made.limit = most;
    made.window = 10s;
    return limit::CompiledQuota(made);
  }
  bool count(ports::CounterStore& store) { return count_hits(store, hits_, now_, decisions_); }
  // After one more.
  std::uint64_t left(std::size_t i) { return store_.peek(hits_[i], now_).remaining; }

  const limit::CompiledQuota wide_ = quota(Algorithm::fixed_window, 100);
  const limit::CompiledQuota narrow_ = quota(Algorithm::fixed_window, 1);
  const limit::CompiledQuota slots_ = quota(Algorithm::concurrency, 5);
  std::vector<ports::Hit> hits_;
  std::vector<limit::Decision> decisions_{40};
  const limit::Time now_{1000s};
  ports::MemoryCounterStore store_;
};

TEST_F(CountHits, AllCountWhereAllAllow) {
  EXPECT_TRUE(count(store_));
  for (std::size_t i = 0; i < hits_.size(); ++i) {
    EXPECT_TRUE(decisions_[i].allowed);
    EXPECT_EQ(left(i), 98u) << i;
  }
}

TEST_F(CountHits, NoneCountsWhereOneRefusesInWhicheverGroup) {
  for (const std::size_t refusing : {0U, 15U, 16U, 39U}) {
    hits_[refusing] = {{refusing, 8}, &narrow_, 1, 0};
    (void)store_.decide(hits_[refusing], now_);
    EXPECT_FALSE(count(store_));
    for (std::size_t i = 0; i < hits_.size(); ++i) {
      EXPECT_EQ(decisions_[i].allowed, i != refusing) << i;
      EXPECT_EQ(left(i), i == refusing ? 0u : 99u) << i;
    }
    hits_[refusing] = {{refusing, 7}, &wide_, 1, 0};
  }
}

// Takes the last of a limit for another request just before the last group is asked.
class Racing final : public ports::CounterStore {
 public:
  using Hit = ports::Hit;
  limit::Decision decide(const Hit& hit, limit::Time now) override { return in_.decide(hit, now); }
  bool decide(std::span<const Hit> hits, limit::Time now,
              std::span<limit::Decision> decisions) override {
    if (hits.size() < kMaxHits) (void)in_.decide(hits.back(), now);
    return in_.decide(hits, now, decisions);
  }
  limit::Decision peek(const Hit& hit, limit::Time now) const override {
    return in_.peek(hit, now);
  }
  limit::Decision charge(const Hit& hit, limit::Time now) override { return in_.charge(hit, now); }
  bool reset(const Hash128& key) override { return in_.reset(key); }
  bool renew(const Hit& hit, limit::Time now) override { return in_.renew(hit, now); }
  bool release(const Hit& hit, limit::Time now) override { return in_.release(hit, now); }
  ports::CounterStats stats() const override { return in_.stats(); }

 private:
  ports::MemoryCounterStore in_;
};

TEST_F(CountHits, ARefusalByARaceGivesTheSlotsBack) {
  hits_[3] = {{3, 9}, &slots_, 1, 77};
  hits_[39] = {{39, 9}, &narrow_, 1, 0};
  Racing store;
  EXPECT_FALSE(count(store));
  EXPECT_FALSE(decisions_[39].allowed);
  EXPECT_FALSE(store.release(hits_[3], now_)) << "nothing is held any more";
}

}  // namespace
}  // namespace doorward::gateway
