// Prefix sums of counts that change: a Fenwick (binary indexed) tree over any array of integers.
//
// Why:     the sum of a million counts' first half, and a change of one, in twenty steps each.
// Time:    O(log n) each. `fenwick[i]` (from 0) holds the sum of the i + 1's lowest bit's worth of
//          counts that end with i.
#pragma once

#include <bit>
#include <cstddef>

namespace doorward {

// Adds `delta`, which may be a negative number in unsigned clothes, to count i.
template <class Tree, class Count>
constexpr void fenwick_add(Tree& fenwick, std::size_t i, Count delta) {
  for (std::size_t n = i + 1; n <= fenwick.size(); n += n & -n) {
    fenwick[n - 1] = static_cast<typename Tree::value_type>(fenwick[n - 1] + delta);
  }
}

// The sum of the counts before i.
template <class Tree>
constexpr std::size_t fenwick_before(const Tree& fenwick, std::size_t i) {
  std::size_t sum = 0;
  for (; i > 0; i &= i - 1) sum += fenwick[i - 1];
  return sum;
}

// Appends a count of zero.
template <class Tree>
constexpr void fenwick_push_back(Tree& fenwick) {
  const std::size_t n = fenwick.size() + 1;
  fenwick.push_back(static_cast<typename Tree::value_type>(fenwick_before(fenwick, n - 1) -
                                                           fenwick_before(fenwick, n - (n & -n))));
}

// The count in which unit k (from 0) of the total falls; k becomes its rank within that count.
template <class Tree>
constexpr std::size_t fenwick_find(const Tree& fenwick, std::size_t& k) {
  std::size_t i = 0;
  for (std::size_t step = std::bit_floor(fenwick.size()); step > 0; step /= 2) {
    if (i + step <= fenwick.size() && fenwick[i + step - 1] <= k) {
      i += step;
      k -= fenwick[i - 1];
    }
  }
  return i;
}

}  // namespace doorward
