// The kernel's random bytes.
//
// Threads: thread-safe.
// Errors:  none; a kernel without entropy ends the process.
#pragma once

#include "ports/entropy.hpp"

namespace doorward::adapters {

class SystemEntropy final : public ports::Entropy {
 public:
  void fill(std::span<std::byte> out) override;
};

}  // namespace doorward::adapters
