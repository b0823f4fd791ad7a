#include "adapters/system/system_clock.hpp"
#include "adapters/system/system_entropy.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace doorward::adapters {
namespace {

TEST(SystemClock, SteadyTimeDoesNotGoBackAndWallTimeIsAfterThisWasWritten) {
  const SystemClock clock;
  const Millis before = clock.steady_now();
  EXPECT_LE(before, clock.steady_now());
  EXPECT_GT(clock.wall_now(), LogTime{Millis{1'700'000'000'000}});
}

TEST(SystemEntropy, FillsEveryByteWhateverTheSize) {
  SystemEntropy entropy;
  for (const std::size_t size : {0U, 1U, 16U, 1000U}) {
    std::vector<std::byte> seen(size);
    // A byte stays zero in 64 draws with a chance of one in 2^512.
    for (int i = 0; i < 64; ++i) {
      std::vector<std::byte> drawn(size);
      entropy.fill(drawn);
      std::ranges::transform(seen, drawn, seen.begin(), [](auto a, auto b) { return a | b; });
    }
    EXPECT_EQ(std::ranges::count(seen, std::byte{0}), 0) << size;
  }
}

}  // namespace
}  // namespace doorward::adapters
