// Whether a waiter is there when the turn comes.
//
// Why:     nobody scans the queue for those who went away: silence is asked once, at the turn.
// Time:    service time; an outage counts against nobody.
// Spec:    docs/rooms.md, "Liveness".
#pragma once

#include "base/time.hpp"
#include "core/room/policy.hpp"

#include <algorithm>
#include <optional>

namespace doorward::room {

struct Presence {
  ServiceTime last_seen{};                // join, poll, or the end of a stream
  bool streams = false;                   // a stream of it was open at some node
  std::optional<ServiceTime> node_ended;  // and that node's life ended then

  // The latest moment at which the waiter was there.
  ServiceTime seen(ServiceTime now) const {
    if (!streams) return last_seen;
    return node_ended ? std::max(last_seen, *node_ended) : now;
  }
};

// Silent for longer than allowed; never where the room asks for no sign of life.
inline bool is_silent(const Policy& policy, const Presence& presence, ServiceTime now) {
  return policy.liveness_silence && now - presence.seen(now) > *policy.liveness_silence;
}

// Whether a poll at `now` must be written to the log: once in a third of the time.
inline bool poll_matters(const Policy& policy, const Presence& presence, ServiceTime now) {
  return policy.liveness_silence && now - presence.seen(now) >= *policy.liveness_silence / 3;
}

}  // namespace doorward::room
