// The forms of addresses, names and patterns that the configuration accepts.
//
// Threads: const-safe.
#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace doorward::app::config {

struct HostPort {
  std::string host;  // without brackets
  std::uint16_t port = 0;
};
// "127.0.0.1:8080", "[::1]:8080".
Result<HostPort> parse_listen_address(std::string_view text);

bool is_listen_address(std::string_view text);
// A listen address that only this machine can reach.
bool is_loopback(std::string_view listen);
bool is_endpoint_url(std::string_view text);
bool is_http_url(std::string_view text);  // with a path
bool is_redis_url(std::string_view text);
bool is_network(std::string_view text);  // "10.0.0.0/8", "::1"
bool is_name(std::string_view text);
bool is_sha256(std::string_view text);
bool is_path_pattern(std::string_view text);
bool is_segment_pattern(std::string_view text);
bool is_path_prefix(std::string_view text);
bool is_host_pattern(std::string_view text);
bool is_method(std::string_view text);
bool is_origin(std::string_view text);  // "https://shop.example:8443", or "*"
bool is_colour(std::string_view text);

}  // namespace doorward::app::config
