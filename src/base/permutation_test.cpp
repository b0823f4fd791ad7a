#include "base/permutation.hpp"

#include "base/random_test_support.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <map>
#include <vector>

namespace doorward {
namespace {

TEST(Permutation, TakesEveryPlaceOnce) {
  for (std::uint64_t n = 1; n <= 2'000; n += n < 500 ? 1 : 13) {
    const Permutation permutation({n, 42}, n);
    std::vector<bool> taken(n);
    for (std::uint64_t x = 0; x < n; ++x) {
      const std::uint64_t y = permutation(x);
      ASSERT_LT(y, n);
      ASSERT_FALSE(taken[y]) << "n " << n << " x " << x;
      taken[y] = true;
    }
  }
}

TEST(Permutation, IsInvertedAtSampledPointsUpToTheLargestSize) {
  TestRandom random(1);
  constexpr std::uint64_t kLargest = std::uint64_t{1} << 32;
  for (int i = 0; i < 2'000; ++i) {
    const std::uint64_t n = i == 0 ? kLargest : 1 + random.below(kLargest >> random.below(32));
    const Permutation permutation({random.next(), random.next()}, n);
    const std::uint64_t x = random.below(n);
    const std::uint64_t y = permutation(x);
    ASSERT_LT(y, n);
    ASSERT_EQ(permutation.inverse(y), x) << n;
  }
}

// Chi-squared over k cells of the same expectation: mean k - 1, deviation sqrt(2 (k - 1)).
double deviations(const std::vector<int>& cells) {
  double total = 0;
  for (int cell : cells) total += cell;
  const double expected = total / static_cast<double>(cells.size());
  double chi = 0;
  for (int cell : cells) chi += (cell - expected) * (cell - expected) / expected;
  const double degrees = static_cast<double>(cells.size()) - 1;
  return (chi - degrees) / std::sqrt(2 * degrees);
}

TEST(Permutation, GivesEveryEntrantEveryPlaceAlikeOverManySeeds) {
  for (const std::uint64_t n : {2, 3, 4, 5, 7, 10, 33}) {
    std::vector<int> cells(n * n);
    for (std::uint64_t seed = 0; seed < 5'000; ++seed) {
      const Permutation permutation({mix64(seed), seed}, n);
      for (std::uint64_t x = 0; x < n; ++x) ++cells[x * n + permutation(x)];
    }
    // Rows and columns are fixed, so cells are a little less free than assumed: only an upper
    // bound.
    EXPECT_LT(deviations(cells), 5) << n;
  }
}

TEST(Permutation, GivesEveryPairOfNeighboursEveryPairOfPlacesAlike) {
  constexpr std::uint64_t kSize = 20;
  std::vector<int> cells(kSize * (kSize - 1));
  for (std::uint64_t seed = 0; seed < 50'000; ++seed) {
    const Permutation permutation({mix64(seed), ~seed}, kSize);
    const std::uint64_t first = permutation(7);
    const std::uint64_t second = permutation(8);
    ++cells[first * (kSize - 1) + second - (second > first ? 1 : 0)];
  }
  EXPECT_LT(deviations(cells), 5);
}

// Also computed by another program from the header's text: a change of the algorithm would change
// the outcome of draws that were made.
TEST(Permutation, StaysAsItIs) {
  const Permutation permutation({1, 2}, 1'000'000);
  EXPECT_EQ(permutation(0), 718'432u);
  EXPECT_EQ(permutation(1), 434'882u);
  EXPECT_EQ(permutation(999'999), 255'257u);
}

}  // namespace
}  // namespace doorward
