// The server's side of the opening handshake.
//
// Why:   whether Origin may connect is the caller's to ask: it knows whose cookies act.
// Spec:  RFC 6455 section 4.2.
#pragma once

#include "wire/http/head.hpp"

#include <string>
#include <string_view>

namespace doorward::wire::websocket {

struct Handshake {
  unsigned status = 101;  // else the refusal: 400, 405; 426 for another version
  std::string accept;     // value of Sec-WebSocket-Accept
};

Handshake check_handshake(const RequestHead& head);
std::string accept_key(std::string_view key);

}  // namespace doorward::wire::websocket
