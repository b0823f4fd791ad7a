#include "base/siphash.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <iterator>
#include <string>

namespace doorward {
namespace {

// The key and the inputs of the paper: 00 01 02 …
constexpr SipKey kKey{0x0706050403020100, 0x0f0e0d0c0b0a0908};

std::string rising(std::size_t length) {
  std::string bytes;
  for (std::size_t i = 0; i < length; ++i) bytes.push_back(static_cast<char>(i));
  return bytes;
}

TEST(SipHash, GivesTheVectorsOfTheReference) {
  struct Case {
    std::size_t length;
    std::uint64_t hash64;
    Hash128 hash128;
  };
  const Case cases[] = {
      {0, 0x726fdb47dd0e0e31, {0x930255c71472f66d, 0xe6a825ba047f81a3}},
      {1, 0x74f839c593dc67fd, {0x45fc229b11597634, 0x44af996bd8c187da}},
      {7, 0xab0200f58b01d137, {0x3982f01fa64ab8c0, 0x53c1dbd8beebf1a1}},
      {8, 0x93f5f5799a932462, {0xb49714f364e2830f, 0x61f55862baa9623b}},
      {15, 0xa129ca6149be45e5, {0xd9c3cf970fec087e, 0x11a8b03399e99354}},
      {63, 0x958a324ceb064572, {0x7cbd3f979a063e50, 0x4a83502f77d15051}},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(siphash64(kKey, rising(c.length)), c.hash64) << c.length;
    EXPECT_EQ(siphash128(kKey, rising(c.length)), c.hash128) << c.length;
  }
}

TEST(SipHash, GivesTheVectorsOfEveryRestOfAWord) {
  const std::uint64_t hashes[] = {0x726fdb47dd0e0e31, 0x74f839c593dc67fd, 0x0d6c8009d9a94f5a,
                                  0x85676696d7fb7e2d, 0xcf2794e0277187b7, 0x18765564cd99a68d,
                                  0xcbc9466e58fee3ce, 0xab0200f58b01d137};
  for (std::size_t length = 0; length < std::size(hashes); ++length)
    EXPECT_EQ(siphash64(kKey, rising(length)), hashes[length]) << length;
}

TEST(SipHash, OfAWordIsThatOfItsBytes) {
  EXPECT_EQ(siphash64(kKey, std::uint64_t{0x0706050403020100}), siphash64(kKey, rising(8)));
}

TEST(SipHash, DependsOnTheKey) {
  EXPECT_NE(siphash128(kKey, "a"), siphash128(SipKey{kKey.lo, kKey.hi ^ 1}, "a"));
}

}  // namespace
}  // namespace doorward
