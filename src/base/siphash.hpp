// SipHash-2-4: a keyed hash that nobody without the key can steer, of 64 or 128 bits.
//
// Why:     subjects are stored as keyed 128-bit hashes, and hash tables over keys that strangers
//          choose must not be made slow by them.
// Threads: pure functions.
// Spec:    Aumasson, Bernstein: SipHash: a fast short-input PRF (2012); the 128-bit form of the
//          authors' reference code.
#pragma once

#include <bit>
#include <cstdint>
#include <string_view>

namespace doorward {

struct SipKey {
  std::uint64_t lo = 0;  // the first eight bytes of the key, little-endian
  std::uint64_t hi = 0;
  friend constexpr bool operator==(const SipKey&, const SipKey&) = default;
};

struct Hash128 {
  std::uint64_t hi = 0;
  std::uint64_t lo = 0;
  friend constexpr bool operator==(const Hash128&, const Hash128&) = default;
};

std::uint64_t siphash64(const SipKey& key, std::string_view bytes);

// `lo` holds the first eight bytes of the reference output, little-endian, `hi` the last eight.
Hash128 siphash128(const SipKey& key, std::string_view bytes);

namespace siphash_detail {

struct State {
  std::uint64_t v0, v1, v2, v3;

  constexpr explicit State(const SipKey& key)
      : v0(key.lo ^ 0x736f6d6570736575),
        v1(key.hi ^ 0x646f72616e646f6d),
        v2(key.lo ^ 0x6c7967656e657261),
        v3(key.hi ^ 0x7465646279746573) {}

  constexpr void round() {
    v0 += v1, v2 += v3;
    v1 = std::rotl(v1, 13) ^ v0, v3 = std::rotl(v3, 16) ^ v2;
    v0 = std::rotl(v0, 32);
    v2 += v1, v0 += v3;
    v1 = std::rotl(v1, 17) ^ v2, v3 = std::rotl(v3, 21) ^ v0;
    v2 = std::rotl(v2, 32);
  }
  constexpr void absorb(std::uint64_t word) {
    v3 ^= word;
    round(), round();
    v0 ^= word;
  }
  constexpr std::uint64_t finish() {
    round(), round(), round(), round();
    return v0 ^ v1 ^ v2 ^ v3;
  }
};

}  // namespace siphash_detail

// The same as siphash64 of the eight bytes of `word`, little-endian.
constexpr std::uint64_t siphash64(const SipKey& key, std::uint64_t word) {
  siphash_detail::State state(key);
  state.absorb(word);
  state.absorb(std::uint64_t{8} << 56);
  state.v2 ^= 0xff;
  return state.finish();
}

}  // namespace doorward
