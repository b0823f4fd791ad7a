// One hexadecimal digit.
//
// Threads: pure function.
#pragma once

namespace doorward {

// 0 to 15 of a lower-case digit, else -1. Who takes upper-case ones too sets bit 5 before.
constexpr int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

}  // namespace doorward
