// Whether a request comes from a page of this site.
//
// Why:     a browser sends our cookies with requests that other sites cause. Those that act by
//          cookie, and sockets, must come from here.
// Threads: pure functions.
// Spec:    RFC 6454; Fetch Metadata (Sec-Fetch-Site). A request with neither field comes from no
//          browser.
#pragma once

#include "gateway/filter.hpp"

namespace doorward::gateway {

bool is_same_origin(const wire::RequestHead& head, const Client& client);

}  // namespace doorward::gateway
