#include "wire/base64.hpp"

#include <array>
#include <cstdint>

namespace doorward::wire {
namespace {

constexpr char kLetters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::uint8_t kNone = 0xff;

constexpr std::array<std::uint8_t, 256> make_values() {
  std::array<std::uint8_t, 256> values{};
  values.fill(kNone);
  for (std::uint8_t i = 0; i < 64; ++i) values[static_cast<unsigned char>(kLetters[i])] = i;
  return values;
}
constexpr auto kValues = make_values();

// As many bytes as a group has, from the highest on.
std::uint32_t group_of(std::string_view bytes) {
  std::uint32_t group = 0;
  for (std::size_t i = 0; i < 3; ++i)
    group = group << 8 | (i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : 0U);
  return group;
}

}  // namespace

void base64url_append(std::string& out, std::string_view bytes) {
  const std::size_t before = out.size();
  out.resize(before + (bytes.size() * 8 + 5) / 6);
  char* to = out.data() + before;
  for (; bytes.size() >= 3; bytes.remove_prefix(3)) {
    const std::uint32_t group = group_of(bytes.substr(0, 3));
    *to++ = kLetters[group >> 18];
    *to++ = kLetters[group >> 12 & 63];
    *to++ = kLetters[group >> 6 & 63];
    *to++ = kLetters[group & 63];
  }
  const char* const end = out.data() + out.size();
  for (std::uint32_t group = group_of(bytes); to != end; group <<= 6)
    *to++ = kLetters[group >> 18 & 63];
}

std::string base64url_encode(std::string_view bytes) {
  std::string out;
  base64url_append(out, bytes);
  return out;
}

std::optional<std::string> base64url_decode(std::string_view text) {
  if (text.size() % 4 == 1) return std::nullopt;
  std::string out;
  out.reserve(text.size() * 6 / 8);
  std::uint32_t word = 0;
  int bits = 0;
  for (const char c : text) {
    const std::uint8_t value = kValues[static_cast<unsigned char>(c)];
    if (value == kNone) return std::nullopt;
    word = word << 6 | value;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    out.push_back(static_cast<char>(word >> bits & 0xff));
  }
  if ((word & ((1U << bits) - 1)) != 0) return std::nullopt;
  return out;
}

}  // namespace doorward::wire
