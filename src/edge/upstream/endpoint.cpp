#include "edge/upstream/endpoint.hpp"

#include "wire/http/target.hpp"

#include <fmt/format.h>

#include <charconv>

namespace doorward::edge {
namespace {

constexpr std::string_view kScheme = "http://";

}  // namespace

std::string Endpoint::authority() const {
  const bool bracketed = host.find(':') != std::string::npos;
  return (bracketed ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

Result<Endpoint> parse_endpoint(std::string_view url) { return parse_endpoint(url, kScheme, 80); }

Result<Endpoint> parse_endpoint(std::string_view url, std::string_view scheme, std::uint16_t port) {
  const auto fault = [&] {
    return error(Errc::invalid,
                 fmt::format("\"{}\" is no endpoint; write \"{}HOST:PORT\"", url, scheme));
  };
  if (!url.starts_with(scheme)) return fault();
  std::string_view rest = url.substr(scheme.size());
  if (rest.ends_with('/')) rest.remove_suffix(1);
  if (rest.empty() || !wire::is_host(rest)) return fault();

  Endpoint endpoint{{}, port};
  const auto bracket = rest.rfind(']');
  const auto colon = rest.rfind(':');
  const bool has_port =
      colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket);
  if (has_port) {
    const char* end = rest.data() + rest.size();
    const auto [at, ec] = std::from_chars(rest.data() + colon + 1, end, endpoint.port);
    if (ec != std::errc() || at != end || endpoint.port == 0) return fault();
    rest = rest.substr(0, colon);
  }
  endpoint.host = rest.starts_with('[') ? rest.substr(1, rest.size() - 2) : rest;
  if (endpoint.host.empty()) return fault();
  return endpoint;
}

}  // namespace doorward::edge
