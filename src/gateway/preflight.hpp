// What a browser asks before a request to another site: it carries no credentials, so a place taken
// for it would never be used, and the answer is the backend's to give. What carries some is no
// preflight, and passes no gate as one.
//
// Threads: pure function.
// Spec:    WHATWG Fetch, "CORS-preflight request".
#pragma once

#include "edge/exchange.hpp"

namespace doorward::gateway {

inline bool is_preflight(const edge::Exchange& exchange) {
  const wire::RequestHead& head = exchange.request();
  return head.method == "OPTIONS" && head.fields.contains("Origin") &&
         head.fields.contains("Access-Control-Request-Method") && !exchange.has_body() &&
         !head.fields.contains("Upgrade") && !head.fields.contains("Cookie") &&
         !head.fields.contains("Authorization");
}

}  // namespace doorward::gateway
