#include "app/serve/ebb.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace doorward::app {
namespace {

std::vector<bool> periods(const std::vector<std::uint64_t>& requests) {
  Ebb ebb;
  std::vector<bool> answers;
  std::uint64_t ever = 0;
  for (const std::uint64_t count : requests) answers.push_back(ebb.has_come(ever += count));
  return answers;
}

TEST(Ebb, ComesOnceAfterABurst) {
  EXPECT_EQ(periods({0, 500, 800, 600, 300, 20, 0}),
            (std::vector<bool>{false, false, false, false, true, true, false}));
}

TEST(Ebb, NeverComesWhileTheLoadIsSteadyOrGrows) {
  EXPECT_EQ(periods({1'000, 900, 1'100, 2'000, 1'000, 1'400}), std::vector<bool>(6, false));
}

TEST(Ebb, NeverComesForAFewRequests) {
  EXPECT_EQ(periods({99, 0, 50, 0, 99, 0}), std::vector<bool>(6, false));
}

}  // namespace
}  // namespace doorward::app
