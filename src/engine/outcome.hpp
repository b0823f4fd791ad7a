// What became of a command.
//
// Bounds:  `taken` names at most as many units as a hold may ask for.
// Threads: plain values.
#pragma once

#include "core/reserve/hold.hpp"
#include "core/reserve/lock.hpp"
#include "core/room/view.hpp"
#include "ports/command_log.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace doorward::engine {

enum class Status : std::uint8_t {
  done,            // it happened; for Join: a new ticket
  already,         // it was so before; for Join: the ticket that this subject has
  no_such_ticket,  // never existed, or was closed so long ago that it is forgotten
  over,            // the ticket is closed: see ticket->reason
  no_such_room,
  no_such_lane,
  room_closed,    // no joins now
  room_full,      // max_waiting reached
  refused_stale,  // the command was older than 30 s of log time when it reached the log
  unavailable,    // the log cannot be written now; it happened only if the log failed after writing
  malformed,      // out of the bounds of docs/log-format.md; nothing was written
  no_such_rule,
  rule_exists,     // and was to be made
  too_many_rules,  // limit::kMaxRules
  too_many_rooms,  // kMaxRooms
  too_many_lanes,  // those counted that left the policy while somebody waits in them
  changed,         // meanwhile, by another: nothing happened
  no_such_inventory,
  no_such_unit,      // of the seat map; or units by name of a count, or a count of a seat map
  no_such_hold,      // never was, is forgotten, or is somebody else's
  sold_out,          // nothing is available
  too_few,           // something is, but less than was asked for
  unit_taken,        // one of the units or more: see Outcome::taken
  too_many_units,    // for one hold
  subject_limit,     // for one subject; of those that are over too
  hold_over,         // it was released or its lease ended: see hold->reason
  hold_confirmed,    // hence no lease is left to extend, and its holder cannot give it back
  wrong_fence,       // another grant than this one
  other_request,     // the same hold was asked for with other units before
  inventory_in_use,  // units that are taken would be no more
  too_many_inventories,
  too_many_holds,  // those that are over, but still remembered, counted
  lock_queued,     // the caller waits
  lock_busy,       // somebody else has it, also after the wait
  lock_lost,       // the caller has it not, or no more
  too_many_locks,
  too_many_waiters,
  no_such_tenant,
  tenant_exists,     // and was to be made
  too_many_tenants,  // tenant::kMaxTenants
  tenant_full,       // as many wait in the tenant's rooms as may
  shard_full,        // as many tickets are kept as may be, over all rooms
  no_such_key,
  key_exists,     // it is another tenant's, or has another name
  too_many_keys,  // tenant::kMaxKeys
};

struct Outcome {
  Status status = Status::done;
  std::optional<room::TicketView>
      ticket;             // the state right after the command, where one is concerned
  ports::LogPosition at;  // where the command stands in the log
  std::optional<reserve::HoldView> hold = {};
  std::optional<reserve::LockView> lock = {};
  std::vector<std::string> taken = {};  // the units that stood against a hold
};

const char* to_string(Status status);

}  // namespace doorward::engine
