#include "wire/percent.hpp"

#include "base/hex.hpp"

namespace doorward::wire {
namespace {

constexpr int kHex = 16;

}  // namespace

std::optional<std::string> percent_decode(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      plain += text[i];
      continue;
    }
    if (i + 2 >= text.size()) return std::nullopt;
    const int high = hex_digit_of_either_case(text[i + 1]);
    const int low = hex_digit_of_either_case(text[i + 2]);
    if (high < 0 || low < 0) return std::nullopt;
    plain += static_cast<char>(high * kHex + low);
    i += 2;
  }
  return plain;
}

}  // namespace doorward::wire
