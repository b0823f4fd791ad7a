#include "adapters/crc32c.hpp"

#include <array>
#include <bit>
#include <cstddef>
#include <cstring>

namespace doorward::adapters {
namespace {

static_assert(std::endian::native == std::endian::little,
              "the word step reads little-endian words");

using Table = std::array<std::array<std::uint32_t, 256>, 8>;

// Row 0 is the byte-wise table; row k is the effect of a byte with k zero bytes behind it, so that
// eight bytes are taken in one step.
constexpr Table make_table() {
  Table table{};
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    std::uint32_t crc = byte;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1U) ^ ((crc & 1U) != 0 ? 0x82f63b78U : 0U);
    table[0][byte] = crc;
  }
  for (std::size_t k = 1; k < 8; ++k) {
    for (std::size_t byte = 0; byte < 256; ++byte) {
      const std::uint32_t crc = table[k - 1][byte];
      table[k][byte] = (crc >> 8U) ^ table[0][crc & 0xffU];
    }
  }
  return table;
}

constexpr Table kTable = make_table();

std::uint32_t step_word(std::uint32_t crc, const char* at) {
  std::uint64_t word = 0;
  std::memcpy(&word, at, sizeof word);
  word ^= crc;
  std::uint32_t next = 0;
  for (std::size_t i = 0; i < 8; ++i) next ^= kTable[7 - i][(word >> (8 * i)) & 0xffU];
  return next;
}

}  // namespace

std::uint32_t crc32c(std::uint32_t crc, std::string_view bytes) {
  crc = ~crc;
  while (bytes.size() >= 8) {
    crc = step_word(crc, bytes.data());
    bytes.remove_prefix(8);
  }
  for (const char byte : bytes) {
    crc = (crc >> 8U) ^ kTable[0][(crc ^ static_cast<unsigned char>(byte)) & 0xffU];
  }
  return ~crc;
}

}  // namespace doorward::adapters
