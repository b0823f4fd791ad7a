#include "gateway/origin.hpp"

namespace doorward::gateway {
namespace {

// "shop.example:443" of https is "shop.example".
std::string_view without_default_port(std::string_view authority, std::string_view scheme) {
  const std::string_view port = scheme == "https" ? ":443" : ":80";
  if (authority.ends_with(port)) authority.remove_suffix(port.size());
  return authority;
}

}  // namespace

bool is_same_origin(const wire::RequestHead& head, const Client& client) {
  const auto origin = head.fields.find("Origin");
  if (!origin) {
    const auto site = head.fields.find("Sec-Fetch-Site");
    return !site || *site == "same-origin" || *site == "none";
  }
  const std::size_t colon = origin->find("://");
  if (colon == std::string_view::npos || head.fields.count("Origin") != 1) return false;
  const std::string_view scheme = origin->substr(0, colon);
  if (scheme != "http" && scheme != "https") return false;
  // The scheme itself is not compared: TLS may end before a proxy that does not say so.
  return wire::equal_ignoring_case(without_default_port(origin->substr(colon + 3), scheme),
                                   without_default_port(client.host, scheme));
}

bool is_welcome(const wire::RequestHead& head, const Client& client, bool by_cookie) {
  return (by_cookie ? client.trusted_origin : client.allowed_origin) ||
         is_same_origin(head, client);
}

}  // namespace doorward::gateway
