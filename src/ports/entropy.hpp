// The only door to randomness: ids, nonces and seeds are drawn here, above the engine, and travel
// in commands, so that a replay draws nothing.
//
// Threads: thread-safe.
// Errors:  none; a system without entropy ends the process.
#pragma once

#include <cstddef>
#include <span>

namespace doorward::ports {

class Entropy {
 public:
  virtual ~Entropy() = default;
  virtual void fill(std::span<std::byte> out) = 0;
};

}  // namespace doorward::ports
