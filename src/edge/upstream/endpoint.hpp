// One address of a service behind us.
//
// Threads: plain values.
// Errors:  invalid, for what is no "http://HOST[:PORT]".
#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace doorward::edge {

struct Endpoint {
  std::string host;  // a name or an address, without brackets
  std::uint16_t port = 80;

  std::string authority() const;  // "shop.internal:8080", "[::1]:8080"
  friend bool operator==(const Endpoint&, const Endpoint&) = default;
};

Result<Endpoint> parse_endpoint(std::string_view url);
// The same of another scheme, "https://", and its port where none is said.
Result<Endpoint> parse_endpoint(std::string_view url, std::string_view scheme, std::uint16_t port);

}  // namespace doorward::edge
