#include "core/room/estimate.hpp"

#include "base/random_test_support.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <deque>
#include <functional>
#include <queue>
#include <vector>

namespace doorward::room {
namespace {

using namespace std::chrono_literals;

ServiceTime at(std::int64_t ms) { return ServiceTime{Millis{ms}}; }

Policy capacity_of(std::uint32_t capacity) {
  Policy policy;
  policy.capacity = capacity;
  return policy;
}

std::optional<Eta> ask(const Estimate& estimate, const Policy& policy, Estimate::Question question,
                       ServiceTime now) {
  question.capacity = policy.capacity;
  return estimate.answer(policy, question, now);
}

TEST(Estimate, SaysNothingOfSessionsThatItHasNotSeenEnd) {
  const Estimate estimate;
  EXPECT_EQ(ask(estimate, capacity_of(10), {5, 0, {}}, at(0)), std::nullopt);
  EXPECT_EQ(ask(estimate, capacity_of(10), {5, 6, {}}, at(0)), (Eta{0, 0}));  // a free slot is sure
  Policy both = capacity_of(10);
  both.admit = Rate{1, 1s};
  const auto ceiling = ask(estimate, both, {60, 0, {}}, at(0));
  ASSERT_TRUE(ceiling);
  EXPECT_LE(ceiling->low_s, 60u);
  EXPECT_GE(ceiling->high_s, 120u);
}

TEST(Estimate, FollowsTheRateAndWidensWithTheDistance) {
  Policy policy;
  policy.admit = Rate{10, 1s};
  std::uint32_t width = 0;
  for (std::uint64_t ahead : {100, 1'000, 10'000, 1'000'000}) {
    const auto eta = ask({}, policy, {ahead, 0, {}}, at(0));
    ASSERT_TRUE(eta);
    EXPECT_LE(eta->low_s, ahead / 10);
    EXPECT_GE(eta->high_s, ahead / 10);
    EXPECT_GT(eta->high_s - eta->low_s, width);
    width = eta->high_s - eta->low_s;
    EXPECT_LE(width, ahead / 50 + 4);
  }
}

TEST(Estimate, CountsFromTheOpening) {
  Policy policy;
  policy.admit = Rate{10, 1s};
  const auto now = ask({}, policy, {500, 0, {}}, at(0));
  const auto later = ask({}, policy, {500, 0, 1h}, at(0));
  EXPECT_EQ(later->low_s, now->low_s + 3'600);
  EXPECT_EQ(later->high_s, now->high_s + 3'600);
}

TEST(Estimate, FollowsAChangeOfCapacityAtOnce) {
  Estimate estimate;
  for (int s = 0; s <= 600; ++s) {  // 100 inside, one ends each second: sessions of 100 s
    if (s > 0) estimate.ended(1);
    estimate.stand(at(1 + s * 1'000), 1'000, 100);
  }
  const auto before = ask(estimate, capacity_of(100), {500, 0, {}}, at(600'000));
  const auto after = ask(estimate, capacity_of(200), {500, 100, {}}, at(600'000));
  ASSERT_TRUE(before && after);
  EXPECT_LE(before->low_s, 500u);
  EXPECT_GE(before->high_s, 500u);
  EXPECT_LE(after->low_s, 200u);
  EXPECT_GE(after->high_s, 200u);
  EXPECT_LT(after->high_s, before->low_s);
}

TEST(Estimate, CountsThoseWhoMustEndFirstWhereTheCapacityWasLowered) {
  Estimate estimate;
  for (int s = 0; s <= 600; ++s) {  // 100 inside, one ends each second: sessions of 100 s
    if (s > 0) estimate.ended(1);
    estimate.stand(at(1 + s * 1'000), 1'000, 100);
  }
  Estimate::Question question;
  question.surplus = 50;
  const auto eta = ask(estimate, capacity_of(50), question, at(600'000));
  ASSERT_TRUE(eta);
  EXPECT_GT(eta->low_s, 30u);
  EXPECT_LE(eta->low_s, 52u) << "if all last 100 s";
  EXPECT_GE(eta->high_s, 69u) << "100 s times the logarithm of 2";
  question.surplus = 1;
  EXPECT_EQ(ask({}, capacity_of(50), question, at(0)), std::nullopt);
}

TEST(Estimate, KnowsWhenTheRateLetsInTheNext) {
  Policy policy;
  policy.admit = Rate{1, 15s};
  Estimate::Question question;
  question.rate_in = 12s;
  EXPECT_EQ(ask({}, policy, question, at(0)), (Eta{12, 12}));
  question.opens_in = 60s;
  EXPECT_EQ(ask({}, policy, question, at(0)), (Eta{72, 72}));
  question.ahead = 1;
  const auto second = ask({}, policy, question, at(0));
  EXPECT_EQ(second->low_s, 72u) << "nobody enters before that";
  EXPECT_GE(second->high_s, 87u);
}

TEST(Estimate, IsAskedForTheCapacityInForceAndNotForThePolicys) {
  Estimate estimate;
  for (int s = 0; s <= 600; ++s) {  // 5 inside, one ends each second: sessions of 5 s
    if (s > 0) estimate.ended(1);
    estimate.stand(at(1 + s * 1'000), 1'000, 5);
  }
  Estimate::Question question{100, 0, {}};
  question.capacity = 5;
  for (const Policy& policy : {capacity_of(1'000), Policy()}) {
    const auto eta = estimate.answer(policy, question, at(600'000));
    ASSERT_TRUE(eta);
    EXPECT_GT(eta->low_s, 20u);
    EXPECT_LE(eta->low_s, 100u);
    EXPECT_GE(eta->high_s, 100u);
  }
}

TEST(Estimate, TurnsThatFindNobodyCountAsNoWait) {
  Policy policy;
  policy.admit = Rate{1, 1s};
  Estimate estimate;
  estimate.admitted(100);
  estimate.passed_over(100);
  const auto eta = ask(estimate, policy, {1'000, 0, {}}, at(0));
  EXPECT_LE(eta->low_s, 500u);
  EXPECT_GE(eta->high_s, 500u);
  EXPECT_LT(eta->high_s, 700u);
}

TEST(Estimate, SurvivesEveryExtreme) {
  Estimate estimate;
  estimate.stand(at(1), 50'000'000, 50'000'000);
  estimate.ended(4);
  estimate.left(1);
  for (std::int64_t year = 1; year < 100; ++year) {
    estimate.ended(1);
    estimate.stand(at(year * 31'536'000'000), 50'000'000, 50'000'000);
  }
  Policy policy = capacity_of(1);
  policy.admit = Rate{1, 24h};
  const auto eta = ask(estimate, policy, {UINT64_MAX - 1, 0, 168h}, at(INT64_MAX / 2));
  ASSERT_TRUE(eta);
  EXPECT_LE(eta->low_s, eta->high_s);
}

TEST(Estimate, GoesOnFromItsBytesAsTheOriginal) {
  Estimate estimate;
  TestRandom random(1);
  std::int64_t now = 1;
  for (int i = 0; i < 3'000; ++i) {
    estimate.ended(static_cast<std::uint32_t>(random.below(5)));
    estimate.left(static_cast<std::uint32_t>(random.below(5)));
    now += static_cast<std::int64_t>(random.below(3'000));
    estimate.stand(at(now), 700, 50);
  }
  ByteWriter out;
  estimate.write(out);
  EXPECT_LT(out.size(), 1'000u);
  ByteReader in(out.view());
  EXPECT_EQ(Estimate::read(in), estimate);
  EXPECT_TRUE(in.finished());
  ByteReader cut(out.view().substr(0, out.size() - 1));
  Estimate::read(cut);
  EXPECT_FALSE(cut.ok());
}

TEST(Estimate, LanesShareTheSlots) {
  struct Row {
    std::uint64_t ahead;
    std::uint32_t share;
    std::uint64_t shares;
    std::uint64_t elsewhere;
    std::uint64_t expected;
  };
  const Row rows[] = {
      {10, 1, 1, 0, 10},     // alone
      {9, 1, 4, 1'000, 39},  // three go elsewhere for each one here
      {9, 3, 4, 1'000, 12},  //
      {9, 1, 4, 5, 14},      // the other lanes run dry
  };
  for (const auto& row : rows) {
    EXPECT_EQ(ahead_in_lanes(row.ahead, row.share, row.shares, row.elsewhere), row.expected);
  }
}

// A room in steps of 100 ms, to hold what was promised against what came.
class Simulation {
 public:
  Simulation(std::uint64_t seed, Policy policy) : random_(seed), policy_(std::move(policy)) {}

  std::function<double(TestRandom&)> session_s = [](TestRandom&) { return 60.0; };
  double patience_s = 0;   // mean; 0: nobody leaves
  double arrivals_s = 10;  // a second

  // The share of the promises that held, for those who were admitted.
  double run(int seconds) {
    for (now_ = 1; now_ < seconds * 1'000; now_ += 100) step();
    return promises_ == 0 ? 0 : static_cast<double>(kept_) / promises_;
  }
  int promises() const { return promises_; }
  double mean_width() const { return width_ / promises_; }  // of the range over the wait

 private:
  struct Visitor {
    std::int64_t joined = 0;
    std::int64_t leaves = INT64_MAX;
    std::optional<Eta> promised;
  };

  double exponential(double mean) {
    return -mean * std::log((static_cast<double>(random_.below(1'000'000)) + 1) / 1'000'001);
  }
  void step() {
    while (!inside_.empty() && inside_.top() <= now_) {
      inside_.pop();
      estimate_.ended(1);
    }
    const auto gave_up = [this](const Visitor& v) { return v.leaves <= now_; };
    estimate_.left(static_cast<std::uint32_t>(std::erase_if(line_, gave_up)));
    while (next_arrival_ <= now_) {
      next_arrival_ += 1 + static_cast<std::int64_t>(exponential(1'000 / arrivals_s));
      join();
    }
    for (budget_ += rate_per_step(); !line_.empty() && may_admit(); budget_ -= 1) admit();
    budget_ = std::min(budget_, 1.0);
    estimate_.stand(at(now_), size(line_), size(inside_));
  }
  template <class C>
  static std::uint32_t size(const C& c) {
    return static_cast<std::uint32_t>(c.size());
  }
  double rate_per_step() const {
    if (!policy_.admit) return 1e9;
    return 100.0 * policy_.admit->count / static_cast<double>(policy_.admit->every.count());
  }
  bool may_admit() const {
    return budget_ >= 1 && (!policy_.capacity || inside_.size() < *policy_.capacity);
  }
  void join() {
    Visitor visitor{now_, INT64_MAX, {}};
    if (patience_s > 0) {
      visitor.leaves = now_ + static_cast<std::int64_t>(1'000 * exponential(patience_s));
    }
    const std::uint64_t free = policy_.capacity ? *policy_.capacity - inside_.size() : 0;
    visitor.promised = ask(estimate_, policy_, {line_.size(), free, {}}, at(now_));
    line_.push_back(visitor);
  }
  void admit() {
    const Visitor visitor = line_.front();
    line_.pop_front();
    estimate_.admitted(1);
    inside_.push(now_ + static_cast<std::int64_t>(1'000 * session_s(random_)));
    const double waited = static_cast<double>(now_ - visitor.joined) / 1'000;
    if (!visitor.promised || waited < 5) return;
    ++promises_;
    const auto& [low, high] = *visitor.promised;
    kept_ += waited >= low && waited <= high ? 1 : 0;
    width_ += (high - low) / waited;
  }

  TestRandom random_;
  Policy policy_;
  Estimate estimate_;
  std::int64_t now_ = 0;
  std::int64_t next_arrival_ = 0;
  double budget_ = 0;
  std::deque<Visitor> line_;
  std::priority_queue<std::int64_t, std::vector<std::int64_t>, std::greater<>> inside_;
  int promises_ = 0;
  int kept_ = 0;
  double width_ = 0;
};

struct Scenario {
  const char* name;
  std::uint32_t capacity;
  std::uint32_t rate;  // a second
  double arrivals_s;
  double patience_s;
  std::function<double(TestRandom&)> session_s;
  double widest;  // the mean of the ranges over the waits: a promise of anything at all holds, too
};

double fixed_minute(TestRandom&) { return 60; }
double exponential_minute(TestRandom& random) {
  return -60 * std::log((static_cast<double>(random.below(1'000'000)) + 1) / 1'000'001);
}
double mixed(TestRandom& random) { return random.one_in(2) ? 10 : 110; }

TEST(Estimate, HoldsForAboutFourInFive) {
  const std::vector<Scenario> scenarios = {
      {"capacity, sessions of any length", 100, 0, 3, 0, exponential_minute, 0.4},
      {"small capacity", 5, 0, 0.2, 0, exponential_minute, 2},
      {"fixed sessions that began together", 100, 0, 5, 0, fixed_minute, 2},
      {"short and long sessions", 100, 0, 3, 0, mixed, 0.5},
      {"a third leaves", 100, 0, 3, 600, exponential_minute, 0.4},
      {"rate", 0, 5, 10, 0, fixed_minute, 0.15},
      {"rate, many leave", 0, 5, 10, 300, fixed_minute, 0.25},
      {"both, the capacity binds", 100, 5, 3, 0, exponential_minute, 0.4},
      {"both, the rate binds", 1'000, 5, 8, 600, exponential_minute, 0.2},
  };
  for (const auto& s : scenarios) {
    double kept = 0;
    double width = 0;
    int promises = 0;
    constexpr int kRuns = 2;
    for (std::uint64_t seed = 1; seed <= kRuns; ++seed) {
      Policy policy;
      if (s.capacity > 0) policy.capacity = s.capacity;
      if (s.rate > 0) policy.admit = Rate{s.rate, 1s};
      Simulation simulation(seed, policy);
      simulation.arrivals_s = s.arrivals_s;
      simulation.patience_s = s.patience_s;
      simulation.session_s = s.session_s;
      kept += simulation.run(1'200) / kRuns;
      width += simulation.mean_width() / kRuns;
      promises += simulation.promises();
    }
    EXPECT_GT(promises, 50) << s.name;
    EXPECT_GE(kept, 0.7) << s.name;
    EXPECT_LE(width, s.widest) << s.name;
  }
}

}  // namespace
}  // namespace doorward::room
