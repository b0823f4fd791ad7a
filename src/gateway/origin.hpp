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

// Whether what the request does may be caused by the page that sent it: one of this site, or of an
// origin that `cors` names; where it acts by cookie only one whose cookies count.
bool is_welcome(const wire::RequestHead& head, const Client& client, bool by_cookie);

}  // namespace doorward::gateway
