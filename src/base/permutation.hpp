// A permutation of [0, n) that follows from a seed and is computed point by point.
//
// Why:     the draw of a million entrants needs no sort and no table, can be done in slices, and
//          anyone who knows the seed can recompute one entrant's place.
// Threads: const-safe.
// Bounds:  0 < n <= 2^32. In the mean at most 2 * `kRounds` SipHashes a point.
// Spec:    Let b be the bits of n - 1 (at least 2), l = b / 2 rounded down, r = b - l. Split x of b
//          bits into the upper L of l bits and the lower R of r. For i = 0 … kRounds - 1: on even i
//          L ^= F(i, R) mod 2^l, on odd i R ^= F(i, L) mod 2^r, where F(i, h) is SipHash-2-4 (64
//          bits, the seed as the key) of the eight little-endian bytes of i * 2^32 + h. Repeat on
//          the result until it is below n.
#pragma once

#include "base/siphash.hpp"

#include <cstdint>

namespace doorward {

class Permutation {
 public:
  static constexpr unsigned kRounds = 12;

  Permutation(const SipKey& seed, std::uint64_t n);

  std::uint64_t operator()(std::uint64_t x) const;
  std::uint64_t inverse(std::uint64_t y) const;

 private:
  std::uint64_t round(std::uint64_t x, unsigned i) const;

  SipKey seed_;
  std::uint64_t n_;
  unsigned right_bits_;
  std::uint64_t left_mask_;
  std::uint64_t right_mask_;
};

}  // namespace doorward
