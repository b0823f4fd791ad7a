// Randomness that is the same for the same seed: for tests and the simulator, never for keys.
//
// Threads: thread-safe; the order of draws between threads is theirs.
#pragma once

#include "ports/entropy.hpp"

#include <cstdint>
#include <mutex>

namespace doorward::ports {

class SeededEntropy final : public Entropy {
 public:
  explicit SeededEntropy(std::uint64_t seed) : state_(seed) {}

  void fill(std::span<std::byte> out) override {
    const std::lock_guard lock(mutex_);
    std::uint64_t word = 0;
    for (std::size_t i = 0; i < out.size(); ++i) {
      if (i % 8 == 0) word = next();
      out[i] = static_cast<std::byte>(word >> (8 * (i % 8)));
    }
  }

 private:
  // SplitMix64.
  std::uint64_t next() {
    state_ += 0x9e3779b97f4a7c15U;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31U);
  }

  std::mutex mutex_;
  std::uint64_t state_;
};

}  // namespace doorward::ports
