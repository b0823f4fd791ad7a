// One hexadecimal digit.
//
// Threads: pure function.
#pragma once

namespace doorward {

// 0 to 15 of a lower-case digit, else -1.
constexpr int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

// The same of upper-case ones too.
constexpr int hex_digit_of_either_case(char c) {
  return hex_digit(c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c);
}

}  // namespace doorward
