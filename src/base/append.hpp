// Text put together of pieces, without a format that is read while it is written.
//
// Why:     tokens, tickets and cookies are written for every visitor; this costs a quarter of what
//          formatting them does.
// Threads: pure functions.
#pragma once

#include <charconv>
#include <concepts>
#include <string>
#include <string_view>

namespace doorward {

inline void append(std::string& out, std::string_view text) { out.append(text); }
inline void append(std::string& out, char letter) { out.push_back(letter); }

template <std::integral Number>
void append(std::string& out, Number number) {
  char digits[24];
  out.append(digits, std::to_chars(digits, digits + sizeof digits, number).ptr);
}

// One after the other. What has an `append` of its own beside it (an id, a time) is a piece too.
template <class... Pieces>
requires(sizeof...(Pieces) > 1) void append(std::string& out, const Pieces&... pieces) {
  (append(out, pieces), ...);
}

}  // namespace doorward
