#include "base/ids.hpp"

namespace doorward {
namespace {

constexpr std::size_t kWordDigits = 16;

int digit_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

bool parse_word(std::string_view digits, std::uint64_t& word) {
  word = 0;
  for (char c : digits) {
    const int value = digit_value(c);
    if (value < 0) return false;
    word = word << 4 | static_cast<std::uint64_t>(value);
  }
  return true;
}

}  // namespace

std::string to_hex(std::uint64_t hi, std::uint64_t lo) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text(2 * kWordDigits, '0');
  for (std::size_t i = 0; i < kWordDigits; ++i) {
    const auto shift = 4 * (kWordDigits - 1 - i);
    text[i] = kDigits[hi >> shift & 0xf];
    text[kWordDigits + i] = kDigits[lo >> shift & 0xf];
  }
  return text;
}

bool parse_hex(std::string_view text, std::uint64_t& hi, std::uint64_t& lo) {
  return text.size() == 2 * kWordDigits && parse_word(text.substr(0, kWordDigits), hi) &&
         parse_word(text.substr(kWordDigits), lo);
}

}  // namespace doorward
