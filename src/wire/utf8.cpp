#include "wire/utf8.hpp"

namespace doorward::wire {

bool Utf8Check::lead(std::uint8_t byte) {
  low_ = 0x80;
  high_ = 0xbf;
  if (byte < 0xc2 || byte > 0xf4) return false;
  if (byte < 0xe0) {
    left_ = 1;
    return true;
  }
  left_ = byte < 0xf0 ? 2 : 3;
  if (byte == 0xe0) low_ = 0xa0;   // overlong
  if (byte == 0xed) high_ = 0x9f;  // surrogates
  if (byte == 0xf0) low_ = 0x90;   // overlong
  if (byte == 0xf4) high_ = 0x8f;  // beyond U+10FFFF
  return true;
}

bool Utf8Check::feed(std::string_view bytes) {
  for (const char c : bytes) {
    const auto byte = static_cast<std::uint8_t>(c);
    if (left_ == 0) {
      if (byte >= 0x80 && !lead(byte)) return false;
      continue;
    }
    if (byte < low_ || byte > high_) return false;
    low_ = 0x80;
    high_ = 0xbf;
    --left_;
  }
  return true;
}

}  // namespace doorward::wire
