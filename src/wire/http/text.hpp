// Character classes and list syntax of HTTP.
//
// Spec: RFC 9110 section 5.6 (tokens, lists), RFC 3986 section 2.1 (escapes).
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace doorward::wire {

constexpr char to_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }
constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_alnum(char c) {
  return is_digit(c) || (to_lower(c) >= 'a' && to_lower(c) <= 'z');
}
constexpr bool is_blank(char c) { return c == ' ' || c == '\t'; }

constexpr bool is_token_char(char c) {
  return is_alnum(c) || std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

// What may stand in a field value: visible, blank, or beyond ASCII.
constexpr bool is_value_char(char c) {
  const auto u = static_cast<unsigned char>(c);
  return c == '\t' || (u >= 0x20 && u != 0x7f);
}

constexpr std::string_view trim(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

// The items of a comma-separated value, without surrounding blanks. Empty items are given too.
class ListReader {
 public:
  explicit constexpr ListReader(std::string_view value) : rest_(value) {}

  constexpr std::optional<std::string_view> next() {
    if (ended_) return std::nullopt;
    const std::size_t comma = rest_.find(',');
    const std::string_view item = trim(rest_.substr(0, comma));
    ended_ = comma == std::string_view::npos;
    if (!ended_) rest_.remove_prefix(comma + 1);
    return item;
  }

 private:
  std::string_view rest_;
  bool ended_ = false;
};

}  // namespace doorward::wire
