#include "base/siphash.hpp"

#include <cstddef>
#include <cstring>

namespace doorward {
namespace {

using siphash_detail::State;

static_assert(std::endian::native == std::endian::little, "words are read as they lie");

// Fewer than eight bytes as a number, little-endian, without a loop: where two reads meet, they say
// the same.
[[gnu::always_inline]] inline std::uint64_t up_to_seven(std::string_view bytes) {
  const std::size_t size = bytes.size();
  const auto at = [&](std::size_t i) {
    return static_cast<std::uint64_t>(static_cast<unsigned char>(bytes[i])) << 8 * i;
  };
  if (size < 4) return size == 0 ? 0 : at(0) | at(size / 2) | at(size - 1);
  std::uint32_t first = 0, last = 0;
  std::memcpy(&first, bytes.data(), sizeof first);
  std::memcpy(&last, bytes.data() + size - sizeof last, sizeof last);
  return first | static_cast<std::uint64_t>(last) << 8 * (size - sizeof last);
}

// Inlined, so that the four words stay in registers.
[[gnu::always_inline]] inline void absorb_all(State& state, std::string_view bytes) {
  const std::uint64_t length = bytes.size();
  for (; bytes.size() >= 8; bytes.remove_prefix(8)) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data(), sizeof word);
    state.absorb(word);
  }
  state.absorb(length << 56 | up_to_seven(bytes));
}

}  // namespace

std::uint64_t siphash64(const SipKey& key, std::string_view bytes) {
  State state(key);
  absorb_all(state, bytes);
  state.v2 ^= 0xff;
  return state.finish();
}

Hash128 siphash128(const SipKey& key, std::string_view bytes) {
  State state(key);
  state.v1 ^= 0xee;
  absorb_all(state, bytes);
  state.v2 ^= 0xee;
  const std::uint64_t lo = state.finish();
  state.v1 ^= 0xdd;
  return {state.finish(), lo};
}

}  // namespace doorward
