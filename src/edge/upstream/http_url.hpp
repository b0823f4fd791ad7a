// The address of a page to fetch, "https://id.example/keys?all", split into where to connect and
// what to ask for.
//
// Errors:  `invalid`: another scheme, no host, or bytes that have to be percent-encoded.
// Spec:    RFC 3986, RFC 9110 section 4.2.
#pragma once

#include "edge/upstream/endpoint.hpp"

#include <string>
#include <string_view>

namespace doorward::edge {

struct HttpUrl {
  Endpoint endpoint;
  std::string target;  // "/path?query", at least "/"
  bool tls = false;
};
Result<HttpUrl> parse_http_url(std::string_view url);

}  // namespace doorward::edge
