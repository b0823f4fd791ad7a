#include "engine/outcome.hpp"

namespace doorward::engine {

const char* to_string(Status status) {
  switch (status) {
    case Status::done: return "done";
    case Status::already: return "already";
    case Status::no_such_ticket: return "no_such_ticket";
    case Status::over: return "over";
    case Status::no_such_room: return "no_such_room";
    case Status::no_such_lane: return "no_such_lane";
    case Status::room_closed: return "room_closed";
    case Status::room_full: return "room_full";
    case Status::refused_stale: return "refused_stale";
    case Status::unavailable: return "unavailable";
    case Status::malformed: return "malformed";
    case Status::no_such_rule: return "no_such_rule";
    case Status::rule_exists: return "rule_exists";
    case Status::too_many_rules: return "too_many_rules";
    case Status::too_many_rooms: return "too_many_rooms";
    case Status::too_many_lanes: return "too_many_lanes";
    case Status::changed: return "changed";
    case Status::no_such_inventory: return "no_such_inventory";
    case Status::no_such_unit: return "no_such_unit";
    case Status::no_such_hold: return "no_such_hold";
    case Status::sold_out: return "sold_out";
    case Status::too_few: return "too_few";
    case Status::unit_taken: return "unit_taken";
    case Status::too_many_units: return "too_many_units";
    case Status::subject_limit: return "subject_limit";
    case Status::hold_over: return "hold_over";
    case Status::hold_confirmed: return "hold_confirmed";
    case Status::wrong_fence: return "wrong_fence";
    case Status::other_request: return "other_request";
    case Status::inventory_in_use: return "inventory_in_use";
    case Status::too_many_inventories: return "too_many_inventories";
    case Status::too_many_holds: return "too_many_holds";
    case Status::lock_queued: return "lock_queued";
    case Status::lock_busy: return "lock_busy";
    case Status::lock_lost: return "lock_lost";
    case Status::too_many_locks: return "too_many_locks";
    case Status::too_many_waiters: return "too_many_waiters";
    case Status::no_such_tenant: return "no_such_tenant";
    case Status::tenant_exists: return "tenant_exists";
    case Status::too_many_tenants: return "too_many_tenants";
    case Status::tenant_full: return "tenant_full";
    case Status::shard_full: return "shard_full";
    case Status::no_such_key: return "no_such_key";
    case Status::key_exists: return "key_exists";
    case Status::too_many_keys: return "too_many_keys";
  }
  return "unknown";
}

}  // namespace doorward::engine
