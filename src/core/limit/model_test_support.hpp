// Holding an algorithm to its model, whatever its state looks like.
#pragma once

#include "core/limit/scenario_test_support.hpp"

#include <gtest/gtest.h>

#include <ostream>

namespace doorward::limit {

inline void PrintTo(const Decision& d, std::ostream* out) {
  *out << (d.allowed ? "allowed" : "refused") << " limit " << d.limit << " remaining "
       << d.remaining << " reset " << d.reset.count() << " retry_after " << d.retry_after.count();
}

// For a model that does not know how long to wait.
inline constexpr Nanos kUnknown{-1};

// `Subject` has `decide` and `peek`, `Model` has `decide`. Each refusal's wait is tried: the call
// passes then, and not a nanosecond sooner.
template <class Subject, class Model>
void agrees_with_model(Algorithm algorithm, std::uint64_t most_limit) {
  for (std::uint64_t seed = 0; seed < kModelSteps / kStepsPerQuota; ++seed) {
    Scenario scenario(seed << 20, algorithm, most_limit);
    ASSERT_TRUE(validate(scenario.quota()));
    const CompiledQuota quota(scenario.quota());
    Subject subject(quota);
    Model model(scenario.quota());
    Decision last;
    for (std::uint64_t step = 0; step < kStepsPerQuota; ++step) {
      const Time now = scenario.next_time(last);
      const std::uint64_t cost = scenario.next_cost();
      last = subject.decide(now, cost);
      Decision expected = model.decide(now, cost);
      if (expected.retry_after == kUnknown) expected.retry_after = last.retry_after;
      ASSERT_EQ(last, expected) << "seed " << seed << " step " << step;
      ASSERT_EQ(last.never_passes(), cost > quota.capacity());
      ASSERT_EQ(last.allowed, last.retry_after == Nanos{0});
      if (last.allowed || last.never_passes() || now < kEarliest) continue;
      const Time passes = later(now, last.retry_after.count());
      if (passes > kLatest) continue;
      ASSERT_TRUE(subject.peek(passes, cost).allowed) << "seed " << seed << " step " << step;
      ASSERT_FALSE(subject.peek(passes - Nanos{1}, cost).allowed) << seed << ' ' << step;
    }
  }
}

}  // namespace doorward::limit
