#include "core/limit/network.hpp"

#include <algorithm>
#include <charconv>

namespace doorward::limit {
namespace {

constexpr std::size_t kGroups = 8;
constexpr unsigned kMappedPrefix = 96;

// A whole number without sign or leading zero, at most `most`.
std::optional<unsigned> number(std::string_view text, unsigned most, int base) {
  unsigned value = 0;
  const char* end = text.data() + text.size();
  const auto [at, fault] = std::from_chars(text.data(), end, value, base);
  if (fault != std::errc() || at != end || value > most) return std::nullopt;
  if (base == 10 && text.size() > 1 && text.front() == '0') return std::nullopt;
  return value;
}

std::optional<std::uint32_t> parse_v4(std::string_view text) {
  std::uint32_t address = 0;
  for (int i = 0; i < 4; ++i) {
    const std::size_t dot = text.find('.');
    if ((dot == std::string_view::npos) != (i == 3)) return std::nullopt;
    const auto byte = number(text.substr(0, dot), 255, 10);
    if (!byte) return std::nullopt;
    address = address << 8 | *byte;
    text.remove_prefix(i == 3 ? text.size() : dot + 1);
  }
  return address;
}

Address mapped(std::uint32_t v4) {
  Address address{};
  address[10] = address[11] = 0xff;
  for (std::size_t i = 0; i < 4; ++i)
    address[12 + i] = static_cast<std::uint8_t>(v4 >> (24 - 8 * i));
  return address;
}

using Groups = std::vector<std::uint16_t>;

// The groups on one side of "::"; the last two may be written as IPv4.
bool parse_groups(std::string_view text, bool at_end, Groups& groups) {
  while (!text.empty()) {
    const std::size_t colon = text.find(':');
    const std::string_view group = text.substr(0, colon);
    const bool last = colon == std::string_view::npos;
    if (last && at_end && group.find('.') != std::string_view::npos) {
      const auto v4 = parse_v4(group);
      if (!v4) return false;
      groups.push_back(static_cast<std::uint16_t>(*v4 >> 16));
      groups.push_back(static_cast<std::uint16_t>(*v4));
    } else {
      const auto value = group.size() > 4 ? std::nullopt : number(group, 0xffff, 16);
      if (!value) return false;
      groups.push_back(static_cast<std::uint16_t>(*value));
    }
    if (groups.size() > kGroups) return false;
    if (last) return true;
    text.remove_prefix(colon + 1);
    if (text.empty()) return false;
  }
  return true;
}

std::optional<Address> parse_v6(std::string_view text) {
  const std::size_t gap = text.find("::");
  Groups head;
  Groups tail;
  if (gap == std::string_view::npos) {
    if (!parse_groups(text, true, head) || head.size() != kGroups) return std::nullopt;
  } else {
    if (!parse_groups(text.substr(0, gap), false, head)) return std::nullopt;
    if (!parse_groups(text.substr(gap + 2), true, tail)) return std::nullopt;
    if (head.size() + tail.size() >= kGroups) return std::nullopt;
  }
  head.resize(kGroups - tail.size());
  head.insert(head.end(), tail.begin(), tail.end());
  Address address{};
  for (std::size_t i = 0; i < kGroups; ++i) {
    address[2 * i] = static_cast<std::uint8_t>(head[i] >> 8);
    address[2 * i + 1] = static_cast<std::uint8_t>(head[i]);
  }
  return address;
}

bool same_bits(const Address& a, const Address& b, unsigned prefix) {
  const auto whole = static_cast<std::ptrdiff_t>(prefix / 8);
  if (!std::equal(a.begin(), a.begin() + whole, b.begin())) return false;
  const unsigned rest = prefix % 8;
  if (rest == 0) return true;
  const auto at = static_cast<std::size_t>(whole);
  return (a[at] ^ b[at]) >> (8 - rest) == 0;
}

bool has_host_bits(const Network& network) {
  Address host = network.bits;
  for (unsigned bit = 0; bit < network.prefix; ++bit)
    host[bit / 8] = static_cast<std::uint8_t>(host[bit / 8] & ~(0x80U >> (bit % 8)));
  return host != Address{};
}

}  // namespace

std::optional<Address> parse_address(std::string_view text) {
  if (text.find(':') != std::string_view::npos) return parse_v6(text);
  const auto v4 = parse_v4(text);
  return v4 ? std::optional(mapped(*v4)) : std::nullopt;
}

bool Network::contains(const Address& address) const { return same_bits(bits, address, prefix); }

std::optional<Network> parse_network(std::string_view text) {
  const std::size_t slash = text.find('/');
  const auto address = parse_address(text.substr(0, slash));
  if (!address) return std::nullopt;
  Network network{*address, 128};
  if (slash == std::string_view::npos) return network;
  const unsigned below = text.find(':') == std::string_view::npos ? kMappedPrefix : 0;
  const auto prefix = number(text.substr(slash + 1), 128 - below, 10);
  if (!prefix) return std::nullopt;
  network.prefix = static_cast<std::uint8_t>(*prefix + below);
  if (has_host_bits(network)) return std::nullopt;
  return network;
}

}  // namespace doorward::limit
