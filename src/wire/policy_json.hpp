// A room's policy as JSON, both ways: what the admin API takes and shows, and what a configuration
// file holds for a room.
//
//   {"capacity":2,"admit":{"count":10,"every":"1s"},"session":{"ttl":"240s","renew":"use"},
//    "claim":{"ttl":"60s"},"order":"fifo","lanes":[{"name":"default","share":1}],"rejoin":"keep",
//    "liveness":{"silence":"60s","grace":"10m"},"opens_at":null,"closes_at":null,
//    "max_waiting":1000000,"mode":"open","stock":{"inventory":"show","factor":1.5}}
//
// Why:     one reading for all, so that what was shown can be sent back.
// Bounds:  room::validate is called on what was read.
// Errors:  invalid; the sentence begins with the member's path ("admit.every: …"). A member that is
//          not known is an error that names the nearest known one.
// Spec:    docs/rooms.md.
#pragma once

#include "base/result.hpp"
#include "core/room/policy.hpp"

#include <boost/json/object.hpp>

namespace doorward::wire {

// Members that are missing keep what `base` has; null takes a limit away, or gives back the default
// of what is never without a value.
Result<room::Policy> policy_from_json(const boost::json::object& object, room::Policy base = {});

boost::json::object policy_to_json(const room::Policy& policy);

}  // namespace doorward::wire
