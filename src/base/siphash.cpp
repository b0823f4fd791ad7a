#include "base/siphash.hpp"

#include <cstddef>
#include <cstring>

namespace doorward {
namespace {

using siphash_detail::State;

static_assert(std::endian::native == std::endian::little, "words are read as they lie");

void absorb_all(State& state, std::string_view bytes) {
  const std::uint64_t length = bytes.size();
  for (; bytes.size() >= 8; bytes.remove_prefix(8)) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data(), sizeof word);
    state.absorb(word);
  }
  std::uint64_t last = length << 56;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    last |= static_cast<std::uint64_t>(static_cast<unsigned char>(bytes[i])) << 8 * i;
  }
  state.absorb(last);
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
