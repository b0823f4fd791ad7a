// Random numbers for tests: small, the same everywhere, from a fixed seed.
#pragma once

#include "base/mix.hpp"

#include <cstdint>

namespace doorward {

class TestRandom {
 public:
  explicit TestRandom(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() { return mix64(state_++); }
  // In [0, n).
  std::uint64_t below(std::uint64_t n) { return next() % n; }
  bool one_in(std::uint64_t n) { return below(n) == 0; }

 private:
  std::uint64_t state_;
};

}  // namespace doorward
