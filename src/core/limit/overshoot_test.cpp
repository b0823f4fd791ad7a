// The overshoot bounds that the headers state, met by callers who try for as much as they can.
#include "core/limit/decide.hpp"
#include "core/limit/sliding_log.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <vector>

namespace doorward::limit {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t kLimit = 100;
constexpr Nanos kWindow = 1s;
constexpr Nanos kStep = 1ms;

// The most that passed in any interval of `length`, when the caller comes without pause in the
// stretches where `comes` says so.
template <class Decide>
std::uint64_t most_in(Nanos length, Decide decide, const std::function<bool(Nanos)>& comes) {
  std::vector<Nanos> passed;
  std::uint64_t most = 0;
  for (Nanos at{0}; at < 8 * kWindow; at += kStep) {
    while (comes(at) && decide(Time{at})) passed.push_back(at);
  }
  auto first = passed.begin();
  for (auto last = passed.begin(); last != passed.end(); ++last) {
    while (*last - *first >= length) ++first;
    most = std::max<std::uint64_t>(most, static_cast<std::uint64_t>(last - first) + 1);
  }
  return most;
}

std::uint64_t most_of(const Quota& quota, const std::function<bool(Nanos)>& comes) {
  const CompiledQuota compiled(quota);
  State state;
  const auto call = [&](Time now) { return decide(state, compiled, now, 1).allowed; };
  return most_in(kWindow, call, comes);
}

// Quiet until just before an edge between windows.
bool from_the_edge(Nanos at) { return at >= 2 * kWindow - kStep; }
bool always(Nanos /*at*/) { return true; }

TEST(Overshoot, AFixedWindowLetsTwiceTheLimitThroughAtAnEdgeAndNoMore) {
  const Quota quota{Algorithm::fixed_window, kLimit, kWindow, 0, false};
  EXPECT_EQ(most_of(quota, from_the_edge), 2 * kLimit);
  EXPECT_EQ(most_of(quota, always), kLimit);
}

TEST(Overshoot, ASlidingCounterStaysBelowTwiceTheLimitAtAnEdge) {
  const Quota quota{Algorithm::sliding_counter, kLimit, kWindow, 0, false};
  EXPECT_EQ(most_of(quota, from_the_edge), 2 * kLimit - 1);
  const auto evenly = [](Nanos at) { return at % (kWindow / kLimit) == Nanos{0}; };
  EXPECT_EQ(most_of(quota, evenly), kLimit);
}

TEST(Overshoot, ATokenBucketLetsItsBurstAndWhatRefillsThrough) {
  for (const std::uint64_t burst : {1U, 10U, 100U, 250U}) {
    const Quota quota{Algorithm::token_bucket, kLimit, kWindow, burst, false};
    EXPECT_EQ(most_of(quota, always), burst + kLimit - 1);
  }
}

TEST(Overshoot, ABurstOfOneSpacesCallsEvenly) {
  const Quota quota{Algorithm::gcra, kLimit, kWindow, 1, false};
  const CompiledQuota compiled(quota);
  State state;
  const auto call = [&](Time now) { return decide(state, compiled, now, 1).allowed; };
  EXPECT_EQ(most_in(kWindow / kLimit, call, always), 1U);
}

TEST(Overshoot, ASlidingLogNeverLetsMoreThanTheLimitThrough) {
  const Quota quota{Algorithm::sliding_log, kLimit, kWindow, 0, false};
  const CompiledQuota compiled(quota);
  for (const auto& comes : {from_the_edge, always}) {
    SlidingLog log;
    const auto call = [&](Time now) { return log.decide(compiled, now, 1).allowed; };
    EXPECT_EQ(most_in(kWindow, call, comes), kLimit);
  }
}

// 7 a second is an interval of 142,857,142.857… ns: over 30 days not one call more or less passes.
TEST(Overshoot, ARateThatDividesNoSecondDoesNotDrift) {
  const Quota quota{Algorithm::token_bucket, 7, 1s, 1, false};
  const CompiledQuota compiled(quota);
  State state;
  Time now{};
  std::uint64_t passed = 0;
  for (; now < Time{24h * 30}; ++passed) {
    ASSERT_TRUE(decide(state, compiled, now, 1).allowed);
    now += peek(state, compiled, now, 1).retry_after;
  }
  // Each wait ends at the next whole nanosecond, and the next begins from the exact moment.
  EXPECT_EQ(passed, 7U * 86'400 * 30);
}

}  // namespace
}  // namespace doorward::limit
