// The target of a request, taken apart and made safe to route by.
//
// Why:    what a route compares and what the backend resolves must be the same path. Dot segments
//         are resolved here; a path that some backend would resolve otherwise is refused: one that
//         leaves the root, an encoded separator beside dots (`..%2f`), dots with a parameter
//         (`..;`), a backslash. Browsers leave some characters bare that no target may have
//         (`"<>[]^`{|}`, and `\` in a query); they are escaped, so that the route, the log and the
//         backend all see the one form that every server reads alike.
// Errors: 400; 501 for CONNECT.
// Spec:   RFC 9112 section 3.2, RFC 3986 sections 2.1 and 5.2.4.
#pragma once

#include "wire/http/head.hpp"
#include "wire/http/parse_error.hpp"

#include <optional>
#include <string_view>

namespace doorward::wire {

// Fills scheme, authority (absolute-form only), path and query of `head` for its method.
std::optional<ParseError> parse_target(std::string_view target, RequestHead& head);

// Whether `host` is a name or an address with an optional port, and nothing else.
bool is_host(std::string_view host);

}  // namespace doorward::wire
