// What proxies before us say of a request: `Forwarded` and the X-Forwarded family, read and
// written.
//
// Why:     says what the fields mean; whom to believe is decided in gateway/client_address.
// Bounds:  the last kMaxHops elements, which are those of the proxies nearest to us; what stands
//          before them anybody may have written, and it is passed over.
// Threads: pure functions. Views point into the input.
// Errors:  invalid.
// Spec:    RFC 7239 sections 4 to 6; X-Forwarded-* by common use.
#pragma once

#include "base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace doorward::wire {

constexpr std::size_t kMaxHops = 64;

// One element of `Forwarded`; an absent parameter is empty.
struct ForwardedElement {
  std::string for_node;  // "192.0.2.1", "[2001:db8::1]:4711", "unknown", "_hidden"
  std::string by_node;
  std::string host;
  std::string proto;
  friend bool operator==(const ForwardedElement&, const ForwardedElement&) = default;
};

// The elements of a whole field value, the one nearest to the client first. All of it must be well
// formed: a quotation mark on the left changes what everything after it means.
Result<std::vector<ForwardedElement>> parse_forwarded(std::string_view value);

// One element: for=192.0.2.1;host="shop.example:8080";proto=https.
std::string build_forwarded(const ForwardedElement& element);

// The address text of a node: no port and no brackets; empty for "unknown" and hidden names. A bare
// IPv6 address, as X-Forwarded-For has it, is taken as it is.
std::string_view node_address(std::string_view node);

// A node for an address: IPv6 in brackets.
std::string node_of(std::string_view address);

// The members of a comma-separated list such as X-Forwarded-For, trimmed; empty ones are kept,
// since a hop that says nothing is a hop all the same.
std::vector<std::string_view> split_hops(std::string_view value);

}  // namespace doorward::wire
