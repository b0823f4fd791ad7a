#include "base/permutation.hpp"

#include <bit>
#include <cassert>

namespace doorward {

Permutation::Permutation(const SipKey& seed, std::uint64_t n) : seed_(seed), n_(n) {
  assert(n > 0 && n <= std::uint64_t{1} << 32);
  const auto bits = n > 4 ? static_cast<unsigned>(std::bit_width(n - 1)) : 2U;
  right_bits_ = bits - bits / 2;
  left_mask_ = (std::uint64_t{1} << bits / 2) - 1;
  right_mask_ = (std::uint64_t{1} << right_bits_) - 1;
}

// Its own inverse: a round changes one half by the other.
std::uint64_t Permutation::round(std::uint64_t x, unsigned i) const {
  const std::uint64_t left = x >> right_bits_;
  const std::uint64_t right = x & right_mask_;
  const std::uint64_t number = std::uint64_t{i} << 32;
  if (i % 2 == 0) return x ^ (siphash64(seed_, number + right) & left_mask_) << right_bits_;
  return x ^ (siphash64(seed_, number + left) & right_mask_);
}

std::uint64_t Permutation::operator()(std::uint64_t x) const {
  assert(x < n_);
  do {
    for (unsigned i = 0; i < kRounds; ++i) x = round(x, i);
  } while (x >= n_);
  return x;
}

std::uint64_t Permutation::inverse(std::uint64_t y) const {
  assert(y < n_);
  do {
    for (unsigned i = kRounds; i-- > 0;) y = round(y, i);
  } while (y >= n_);
  return y;
}

}  // namespace doorward
