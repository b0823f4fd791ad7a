// The life of an HTTP/1.1 connection: head, handler, end of message, and again.
#pragma once

#include "edge/address_limits.hpp"
#include "edge/connection.hpp"

namespace doorward::edge {

// Serves the connection on its loop until it ends or is parked.
void spawn_session(Loop& loop, Socket socket, Peer peer, AddressLimits::Pass pass);

}  // namespace doorward::edge
