// The only door to randomness: ids, nonces and seeds are drawn here, above the engine, and travel
// in commands, so that a replay draws nothing.
//
// Threads: thread-safe.
// Errors:  none; a system without entropy ends the process.
#pragma once

#include <cstddef>
#include <span>
#include <type_traits>

namespace doorward::ports {

class Entropy {
 public:
  virtual ~Entropy() = default;
  virtual void fill(std::span<std::byte> out) = 0;
};

// A number, or a value of nothing but numbers.
template <class Word>
requires std::is_trivially_copyable_v<Word> Word draw(Entropy& entropy) {
  Word word{};
  entropy.fill(std::as_writable_bytes(std::span(&word, 1)));
  return word;
}

}  // namespace doorward::ports
