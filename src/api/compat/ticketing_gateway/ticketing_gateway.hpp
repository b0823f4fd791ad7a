// The calls of "Ticketing gateway" (queue and actuator), for its clients to move here unchanged.
//
// Why:     wire shapes only: the queue is a room, who asks is the gateway's to say, and the gated
//          routes are routes with `entry: user`.
// Threads: thread-safe.
// Errors:  in that system's envelope.
// Spec:    docs/migrate/ticketing-gateway.md.
#pragma once

#include "api/compat/system.hpp"

namespace doorward::api::ticketing_gateway {

extern const compat::System kSystem;

}  // namespace doorward::api::ticketing_gateway
