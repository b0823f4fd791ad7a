// Everything that the log decides, in one value.
//
// Why:     the modules beside it are functions over this; none keeps a state of its own.
// Ownership: owns all of it. Threads: single-owner; reads from any thread while it is not changed.
#pragma once

#include "engine/engine_clock.hpp"
#include "engine/hold_store.hpp"
#include "engine/inventory_table.hpp"
#include "engine/lock_table.hpp"
#include "engine/node_table.hpp"
#include "engine/room_table.hpp"
#include "engine/rule_table.hpp"
#include "engine/shard.hpp"
#include "engine/tenant_table.hpp"
#include "engine/ticket_store.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace doorward::engine {

// What the current record changed, for the listener. Not part of the state.
struct Changes {
  std::vector<TicketHandle> tickets;         // admitted or closed
  std::vector<std::uint32_t> rooms;          // places moved, or the policy changed; may repeat
  std::set<std::string, std::less<>> rules;  // of these tenants
  std::vector<std::uint32_t> sold_out;       // rooms that sell nothing now, or something again
  std::vector<std::uint32_t> inventories;    // what is left of them, or what they are; may repeat
  std::vector<UnitChange> units;             // of seat maps, in order
  std::vector<LockGrant> grants;             // for whom the wait is over, in order
  bool tenants = false;
};

// How much one slice may still do: a unit is about one ticket moved.
struct Budget {
  std::uint32_t left = 0;
  bool take() {
    if (left == 0) return false;
    --left;
    return true;
  }
};

// Rooms that are being removed, all in one pass over the tickets. Only within one record.
struct RoomRemoval {
  std::vector<std::uint32_t> rooms;
  std::uint64_t left = 0;  // tickets in them that are not closed
  std::uint32_t next = 0;  // the ticket's index to look at
};

// Inventories that are being removed, all in one pass over the holds. Only within one record.
struct InventoryRemoval {
  std::vector<std::uint32_t> inventories;
  std::uint64_t left = 0;  // units of them that are taken
  std::uint32_t next = 0;  // the hold's index to look at
};

// What can be reserved, what is, and the locks.
struct Reserved {
  std::uint64_t fence = 0;  // the last that was given out, to a hold or a lock
  InventoryTable inventories;
  HoldStore holds;
  LockTable locks;

  // Only within one record.
  InventoryRemoval removal;
  std::string removing_locks_of;  // a tenant
};

struct World {
  EngineClock clock;
  Millis remember_closed{std::chrono::minutes(10)};
  std::uint16_t version = kFirstRules;  // of the rules by which commands change all this
  TicketStore tickets;
  NodeTable nodes;
  // Streams of a ticket at further nodes, when one is in the ticket itself: (ticket, node slot).
  std::set<std::pair<std::uint32_t, NodeTable::Slot>> more_presences;
  RoomTable rooms;
  RuleTable rules;
  Reserved reserved;
  TenantTable tenants;
  Changes changes;

  // Only within one record.
  bool after_gap = false;                  // the service was away before it
  std::vector<std::uint32_t> open_rounds;  // rooms that let a round in at it
  RoomRemoval removal;

  // docs/log-format.md, "Rules", says what each changed.
  bool has_second_rules() const { return version >= 2; }
  bool has_third_rules() const { return version >= 3; }
  bool has_fourth_rules() const { return version >= 4; }
  bool has_fifth_rules() const { return version >= 5; }

  Room& room_of(const Ticket& ticket) { return *rooms.at(static_cast<std::uint32_t>(ticket.room)); }
  LaneState& lane_of(const Ticket& ticket) { return room_of(ticket).lanes[ticket.lane]; }
};

}  // namespace doorward::engine
