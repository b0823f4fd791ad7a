// The life of a connection that speaks the Redis protocol: requests, their replies, and again.
//
// Bounds:  requests by RespOptions; replies are gathered up to `unsent_bytes` and sent before the
//          next request is looked at.
#pragma once

#include "edge/address_limits.hpp"
#include "edge/connection.hpp"

namespace doorward::edge {

// Serves the connection on its loop until it ends.
void spawn_resp_session(Loop& loop, Socket socket, Peer peer, AddressLimits::Pass pass);

}  // namespace doorward::edge
