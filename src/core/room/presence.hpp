// Whether a waiter is there when the turn comes.
//
// Why:     nobody scans the queue for those who went away: silence is asked once, at the turn.
// Time:    service time; an outage counts against nobody.
// Spec:    docs/rooms.md, "Liveness".
#pragma once

#include "base/time.hpp"
#include "core/room/policy.hpp"

namespace doorward::room {

// Silent for longer than allowed; never where the room asks for no sign of life.
inline bool is_silent(const Policy& policy, ServiceTime last_seen, ServiceTime now) {
  return policy.liveness_silence && now - last_seen > *policy.liveness_silence;
}

}  // namespace doorward::room
