#include "adapters/system/system_entropy.hpp"

#include <sys/random.h>

#include <cerrno>
#include <cstdlib>

namespace doorward::adapters {

void SystemEntropy::fill(std::span<std::byte> out) {
  while (!out.empty()) {
    const ssize_t got = getrandom(out.data(), out.size(), 0);
    if (got < 0) {
      if (errno == EINTR) continue;
      // To go on would be to hand out ids that can be guessed.
      std::abort();
    }
    out = out.subspan(static_cast<std::size_t>(got));
  }
}

}  // namespace doorward::adapters
