#include "edge/upstream/http_url.hpp"

#include <algorithm>
#include <utility>

namespace doorward::edge {
namespace {

constexpr std::string_view kPlain = "http://";
constexpr std::string_view kTls = "https://";
constexpr std::uint16_t kTlsPort = 443;

}  // namespace

Result<HttpUrl> parse_http_url(std::string_view url) {
  const bool tls = url.starts_with(kTls);
  const std::string_view scheme = tls ? kTls : kPlain;
  const auto path = url.starts_with(scheme) ? url.find('/', scheme.size()) : url.npos;
  auto endpoint = tls ? parse_endpoint(url.substr(0, path), kTls, kTlsPort)
                      : parse_endpoint(url.substr(0, path));
  if (!endpoint) return endpoint.error();
  HttpUrl made{*std::move(endpoint), "/", tls};
  if (path != url.npos) made.target = url.substr(path);
  const bool is_plain = std::all_of(made.target.begin(), made.target.end(),
                                    [](char c) { return c > ' ' && c < 0x7f && c != '#'; });
  if (!is_plain) return error(Errc::invalid, "\"" + std::string(url) + "\" is no plain address");
  return made;
}

}  // namespace doorward::edge
