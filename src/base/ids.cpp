#include "base/ids.hpp"

#include "base/hex.hpp"

#include <array>
#include <cstring>

namespace doorward {
namespace {

constexpr std::size_t kWordDigits = 16;

// Both digits of every byte.
constexpr std::array<char, 512> hex_pairs() {
  constexpr char kDigits[] = "0123456789abcdef";
  std::array<char, 512> pairs{};
  for (std::size_t i = 0; i < 256; ++i) {
    pairs[2 * i] = kDigits[i / 16];
    pairs[2 * i + 1] = kDigits[i % 16];
  }
  return pairs;
}

void put_hex(char* to, std::uint64_t word) {
  static constexpr std::array<char, 512> kPairs = hex_pairs();
  for (int shift = 56; shift >= 0; shift -= 8, to += 2)
    std::memcpy(to, kPairs.data() + 2 * (word >> shift & 0xff), 2);
}

bool parse_word(std::string_view digits, std::uint64_t& word) {
  word = 0;
  for (char c : digits) {
    const int value = hex_digit(c);
    if (value < 0) return false;
    word = word << 4 | static_cast<std::uint64_t>(value);
  }
  return true;
}

}  // namespace

std::string to_hex(std::uint64_t hi, std::uint64_t lo) {
  std::string text;
  append_hex(text, hi, lo);
  return text;
}

void append_hex(std::string& out, std::uint64_t hi, std::uint64_t lo) {
  char digits[2 * kWordDigits];
  put_hex(digits, hi);
  put_hex(digits + kWordDigits, lo);
  out.append(digits, sizeof digits);
}

bool parse_hex(std::string_view text, std::uint64_t& hi, std::uint64_t& lo) {
  return text.size() == 2 * kWordDigits && parse_word(text.substr(0, kWordDigits), hi) &&
         parse_word(text.substr(kWordDigits), lo);
}

}  // namespace doorward
