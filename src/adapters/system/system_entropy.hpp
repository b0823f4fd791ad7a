// The kernel's random bytes.
//
// Why:     some are drawn ahead by each thread, since ids are short and a system call is not. A
//          process that forked must not go on drawing in both halves; ours never forks.
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
