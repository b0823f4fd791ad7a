#include "adapters/system/system_entropy.hpp"

#include <sys/random.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>

namespace doorward::adapters {
namespace {

void fill_by_kernel(std::span<std::byte> out) {
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

// Drawn ahead, each byte given once and then wiped.
struct Store {
  std::array<std::byte, 512> bytes;
  std::size_t left = 0;
};

}  // namespace

void SystemEntropy::fill(std::span<std::byte> out) {
  thread_local Store store;
  if (out.size() > store.bytes.size()) return fill_by_kernel(out);
  if (store.left < out.size()) {
    fill_by_kernel(store.bytes);
    store.left = store.bytes.size();
  }
  store.left -= out.size();
  const auto given = std::span(store.bytes).subspan(store.left, out.size());
  std::copy(given.begin(), given.end(), out.begin());
  std::fill(given.begin(), given.end(), std::byte{});
}

}  // namespace doorward::adapters
