#include "app/config/address.hpp"

#include "adapters/redis/address.hpp"
#include "core/route/route.hpp"
#include "core/route/segment_pattern.hpp"
#include "edge/upstream/endpoint.hpp"
#include "edge/upstream/http_url.hpp"

#include <fmt/format.h>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/network_v4.hpp>
#include <boost/asio/ip/network_v6.hpp>

#include <algorithm>
#include <charconv>
#include <optional>

namespace doorward::app::config {
namespace {

namespace ip = boost::asio::ip;

constexpr std::size_t kMaxName = 64;
constexpr std::size_t kMaxHost = 253;

bool is_alnum(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool is_host(std::string_view text) {
  return !text.empty() && text.size() <= kMaxHost &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return is_alnum(c) || c == '-' || c == '.' || c == '_'; });
}

std::optional<std::uint16_t> port_of(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (failed != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return port;
}

// HOST:PORT, [V6]:PORT, or without a port where there is a default.
std::optional<HostPort> parse_authority(std::string_view text, std::optional<std::uint16_t> port) {
  std::string_view host = text;
  std::string_view rest;
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    if (end == std::string_view::npos) return std::nullopt;
    host = text.substr(1, end - 1);
    rest = text.substr(end + 1);
    boost::system::error_code failed;
    ip::make_address_v6(host, failed);
    if (failed) return std::nullopt;
  } else {
    host = text.substr(0, text.find(':'));
    rest = text.substr(host.size());
    if (!is_host(host)) return std::nullopt;
  }
  if (!rest.empty()) {
    if (rest.front() != ':') return std::nullopt;
    port = port_of(rest.substr(1));
  }
  if (!port) return std::nullopt;
  return HostPort{std::string(host), *port};
}

bool each(std::string_view text, bool (*holds)(char)) {
  return std::all_of(text.begin(), text.end(), holds);
}

}  // namespace

Result<HostPort> parse_listen_address(std::string_view text) {
  auto parsed = parse_authority(text, std::nullopt);
  if (parsed && parsed->host == "localhost") parsed->host = "127.0.0.1";
  boost::system::error_code failed;
  if (parsed) ip::make_address(parsed->host, failed);
  if (!parsed || failed) {
    return error(Errc::invalid, fmt::format("expected an address and port, such as 127.0.0.1:8080 "
                                            "or [::]:8080, found \"{}\"",
                                            text));
  }
  return *parsed;
}

bool is_loopback(std::string_view listen) {
  const auto parsed = parse_listen_address(listen);
  return parsed && boost::asio::ip::make_address(parsed->host).is_loopback();
}

bool is_listen_address(std::string_view text) { return parse_listen_address(text).has_value(); }
bool is_endpoint_url(std::string_view text) { return edge::parse_endpoint(text).has_value(); }

bool is_http_url(std::string_view text) { return edge::parse_http_url(text).has_value(); }

bool is_redis_url(std::string_view text) { return adapters::redis::parse_url(text).has_value(); }

bool is_network(std::string_view text) {
  boost::system::error_code failed;
  if (text.find('/') == std::string_view::npos) {
    ip::make_address(text, failed);
    return !failed;
  }
  ip::make_network_v4(text, failed);
  if (!failed) return true;
  ip::make_network_v6(text, failed);
  return !failed;
}

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= kMaxName &&
         each(text, [](char c) { return is_alnum(c) || c == '.' || c == '_' || c == '-'; });
}

bool is_sha256(std::string_view text) {
  return text.size() == 64 &&
         each(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

bool is_path_pattern(std::string_view text) { return !route::fault_in_path_pattern(text); }
bool is_segment_pattern(std::string_view text) { return !route::fault_in_segment_pattern(text); }

bool is_path_prefix(std::string_view text) {
  return text.size() > 1 && !text.ends_with('/') && text.find_first_of("*%") == text.npos &&
         is_path_pattern(text);
}

bool is_host_pattern(std::string_view text) { return !route::fault_in_host_pattern(text); }

bool is_method(std::string_view text) {
  return !text.empty() && each(text, [](char c) { return (c >= 'A' && c <= 'Z') || c == '-'; });
}

bool is_origin(std::string_view text) {
  if (text == "*") return true;
  const auto colon = text.find("://");
  const auto scheme = text.substr(0, colon);
  if (colon == std::string_view::npos || (scheme != "http" && scheme != "https")) return false;
  const auto host = text.substr(colon + 3);
  return !host.empty() && each(host, [](char c) {
    return is_alnum(c) || c == '.' || c == '-' || c == ':' || c == '[' || c == ']' || c == '_';
  });
}

bool is_colour(std::string_view text) {
  return (text.size() == 4 || text.size() == 7) && text.front() == '#' &&
         each(text.substr(1), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
         });
}

}  // namespace doorward::app::config
