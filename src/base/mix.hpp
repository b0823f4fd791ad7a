// A fast spreading of 64 bits, one to one. For hash tables over keys that nobody outside can
// choose; where somebody can, use siphash.hpp.
//
// Spec: the finaliser of SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number
//       generators, 2014).
#pragma once

#include <cstdint>

namespace doorward {

constexpr std::uint64_t mix64(std::uint64_t v) {
  v += 0x9e3779b97f4a7c15;
  v = (v ^ v >> 30) * 0xbf58476d1ce4e5b9;
  v = (v ^ v >> 27) * 0x94d049bb133111eb;
  return v ^ v >> 31;
}

}  // namespace doorward
