// A page fetched over TLS, on a connection of its own.
//
// Why:     outbound pages are few and far apart, so nothing is kept: a connection each, and a
//          certificate held to the name that was asked for.
// Time:    the request's deadline for all of it.
// Ownership: keeps itself until it has answered.
// Threads: the loop's.
// Bounds:  HttpGet's; heads by wire::Limits; TLS 1.2 at least.
// Errors:  unavailable (no such name, nobody there, a certificate that is not believed), timed_out,
//          closed, invalid, too_large.
// Spec:    RFC 8446, RFC 6125; docs/gateway.md, "Keys of an identity provider".
#pragma once

#include "edge/exchange.hpp"
#include "edge/upstream/http_url.hpp"
#include "ports/outbound_http.hpp"

#include <string>
#include <string_view>

namespace doorward::edge {

// `head` is what is sent.
Task<Result<ports::HttpAnswer>> fetch_over_tls(HttpUrl url, ports::HttpGet request,
                                               std::string head);

// Whether there is at least one certificate in the text, and all can be read.
Result<> check_authorities(std::string_view pem);

}  // namespace doorward::edge
