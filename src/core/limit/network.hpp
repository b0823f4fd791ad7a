// Blocks of addresses as text: "10.0.0.0/8", "2001:db8::/32", "192.0.2.1".
//
// Why:     rules live in core, which knows no sockets; so addresses here are 16 bytes.
// Threads: plain values, pure functions.
// Errors:  parse_network answers nothing for what is no network, host bits included: "10.0.0.1/8"
//          is more likely a slip than a wish.
// Spec:    RFC 4291 section 2.2, RFC 4632 section 3.1.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace doorward::limit {

using Address = std::array<std::uint8_t, 16>;  // IPv4 as mapped into IPv6: ::ffff:a.b.c.d

std::optional<Address> parse_address(std::string_view text);

struct Network {
  Address bits{};
  std::uint8_t prefix = 128;  // of the 128 bits, so that IPv4's /8 is 104
  bool contains(const Address& address) const;
  friend bool operator==(const Network&, const Network&) = default;
};

std::optional<Network> parse_network(std::string_view text);

inline bool any_contains(const std::vector<Network>& networks, const Address& address) {
  for (const Network& network : networks)
    if (network.contains(address)) return true;
  return false;
}

}  // namespace doorward::limit
