// Commands: what somebody wants of a shard. What became of it: engine/outcome.hpp.
//
// Why:     a command carries every random value and every decision that is not a function of the
//          log: ids, seeds, the hashed subject. `apply` draws nothing and reads no clock.
// Bounds:  room and lane names as in core/room/policy.hpp.
// Spec:    docs/log-format.md gives the bytes of each.
#pragma once

#include "base/ids.hpp"
#include "base/siphash.hpp"
#include "base/time.hpp"
#include "core/limit/rule.hpp"
#include "core/reserve/hold.hpp"
#include "core/reserve/inventory.hpp"
#include "core/reserve/lock.hpp"
#include "core/room/policy.hpp"
#include "core/tenant/tenant.hpp"
#include "engine/outcome.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace doorward::engine {

// What somebody read, told shortly: see engine/digest.hpp. A command that carries one in `seen`
// happens only where the thing still is that, and is answered `changed` otherwise. So whoever read
// it, changed something and writes it back, or removes it, undoes nothing that others did since.
using Digest = Hash128;

// A visitor wants a place. `ticket` is the new ticket's id, should one be made. A retry of the same
// join carries the same `ticket` and changes nothing, not even under rejoin: to_back.
struct Join {
  std::string room;
  SubjectKey subject;
  TicketId ticket;
  std::string lane;  // empty: the first lane
  friend bool operator==(const Join&, const Join&) = default;
};

// A visitor gives up a place, or walks out of a session.
struct Leave {
  TicketId ticket;
  friend bool operator==(const Leave&, const Leave&) = default;
};

// A sign of life of a waiter (a poll), or a use of a session (a request through the gate).
struct Touch {
  TicketId ticket;
  friend bool operator==(const Touch&, const Touch&) = default;
};

// A stream or socket of this ticket opened at this node / the node's last one of it closed.
struct PresenceStart {
  TicketId ticket;
  friend bool operator==(const PresenceStart&, const PresenceStart&) = default;
};
struct PresenceEnd {
  TicketId ticket;
  friend bool operator==(const PresenceEnd&, const PresenceEnd&) = default;
};

// A backend ends a session.
struct Finish {
  TicketId ticket;
  friend bool operator==(const Finish&, const Finish&) = default;
};

// Creates a room or changes its policy.
struct SetRoom {
  enum class Source : std::uint8_t { file, admin };
  std::string room;
  room::Policy policy;
  Source source = Source::admin;
  friend bool operator==(const SetRoom&, const SetRoom&) = default;
};
// Changes a policy only where it still is `before`: whoever read it, changed something and writes
// it back undoes nothing that others did meanwhile.
struct ChangeRoom {
  std::string room;
  room::Policy before;
  room::Policy policy;
  SetRoom::Source source = SetRoom::Source::admin;
  friend bool operator==(const ChangeRoom&, const ChangeRoom&) = default;
};
struct RemoveRoom {
  std::string room;
  std::optional<Digest> seen = {};
  friend bool operator==(const RemoveRoom&, const RemoveRoom&) = default;
};
// Opens a draw room: gives the entrants their places in an order that follows from `seed`.
struct Draw {
  std::string room;
  std::uint64_t seed_hi = 0;
  std::uint64_t seed_lo = 0;
  friend bool operator==(const Draw&, const Draw&) = default;
};

// First record of a process: ends the presences of the node's earlier life. `place` names what
// restarted (the data folder's or host's id), not this life of it. How long closed tickets are
// remembered is a setting that changes the state, and therefore travels in the log too; so does the
// version of the rules by which this program changes the state, which are in force from here on.
inline constexpr std::uint16_t kFirstRules = 1;
inline constexpr std::uint16_t kNewestRules = 5;
struct NodeStarted {
  std::uint64_t place = 0;
  Millis remember_closed{std::chrono::minutes{10}};
  std::uint16_t rules = kFirstRules;
  friend bool operator==(const NodeStarted&, const NodeStarted&) = default;
};

// Creates a rate-limit rule or changes it. The engine keeps it and counts nothing by it. The rule's
// name is the full one, "acme/api" of tenant acme.
struct SetRule {
  enum class Only : std::uint8_t { always, if_absent, if_present };
  limit::Rule rule;
  limit::RuleSource source = limit::RuleSource::admin;
  Only only = Only::always;
  std::optional<Digest> seen = {};
  friend bool operator==(const SetRule&, const SetRule&) = default;
};
struct RemoveRule {
  std::string rule;
  std::optional<Digest> seen = {};
  friend bool operator==(const RemoveRule&, const RemoveRule&) = default;
};

// Makes an inventory or changes it. What is taken stays: a count may not fall below it, and a seat
// map may only get more sections and other prices while anything is taken.
struct SetInventory {
  std::string inventory;
  reserve::Inventory spec;
  SetRoom::Source source = SetRoom::Source::admin;
  std::optional<Digest> seen = {};
  friend bool operator==(const SetInventory&, const SetInventory&) = default;
};
// Ends all its holds, the confirmed ones too.
struct RemoveInventory {
  std::string inventory;
  std::optional<Digest> seen = {};
  friend bool operator==(const RemoveInventory&, const RemoveInventory&) = default;
};

// Takes units, all or none: `units` by name of a seat map, else `count` of them. A retry carries
// the same `hold` and changes nothing.
struct Hold {
  std::string inventory;
  SubjectKey subject;
  reserve::HoldId hold;
  Millis lease{};  // zero: the inventory's
  std::uint32_t count = 0;
  std::vector<std::string> units;
  friend bool operator==(const Hold&, const Hold&) = default;
};
// What is done with a hold: by its subject, or by a backend where `by` is absent. A `fence` other
// than zero must be the hold's.
struct Extend {
  std::string inventory;
  reserve::HoldId hold;
  std::optional<SubjectKey> by;
  std::uint64_t fence = 0;
  Millis lease{};  // from now on; zero: the inventory's
  friend bool operator==(const Extend&, const Extend&) = default;
};
struct Confirm {
  std::string inventory;
  reserve::HoldId hold;
  std::optional<SubjectKey> by;
  std::uint64_t fence = 0;
  friend bool operator==(const Confirm&, const Confirm&) = default;
};
// A confirmed hold is given back by a backend only.
struct Release {
  std::string inventory;
  reserve::HoldId hold;
  std::optional<SubjectKey> by;
  std::uint64_t fence = 0;
  friend bool operator==(const Release&, const Release&) = default;
};

// A lock by lease. `id` is drawn for this acquiring, and shows later who has the lock. With a
// `wait` the outcome may be `lock_queued`; whoever submitted the command is answered only when the
// wait is over.
struct AcquireLock {
  std::string lock;
  reserve::LockId id;
  Millis lease{};
  Millis wait{};
  friend bool operator==(const AcquireLock&, const AcquireLock&) = default;
};
struct RenewLock {
  std::string lock;
  reserve::LockId id;
  std::uint64_t fence = 0;  // zero: whichever
  Millis lease{};           // from now on
  friend bool operator==(const RenewLock&, const RenewLock&) = default;
};
// By the holder, or by one who waits and gives up.
struct ReleaseLock {
  std::string lock;
  reserve::LockId id;
  std::uint64_t fence = 0;
  friend bool operator==(const ReleaseLock&, const ReleaseLock&) = default;
};

// Creates a tenant or changes its settings.
struct SetTenant {
  enum class Only : std::uint8_t { always, if_absent, if_present };
  std::string tenant;
  tenant::Source source = tenant::Source::admin;
  Only only = Only::always;
  tenant::Settings settings;
  std::optional<Digest> seen = {};
  friend bool operator==(const SetTenant&, const SetTenant&) = default;
};
// With its keys, rooms and rules.
struct RemoveTenant {
  std::string tenant;
  std::optional<Digest> seen = {};
  friend bool operator==(const RemoveTenant&, const RemoveTenant&) = default;
};
// Gives a tenant an API key, or another under a name that it has.
struct SetTenantKey {
  std::string tenant;
  std::string key;
  tenant::KeyHash hash{};
  friend bool operator==(const SetTenantKey&, const SetTenantKey&) = default;
};
struct RemoveTenantKey {
  std::string tenant;
  std::string key;
  std::optional<Digest> seen = {};
  friend bool operator==(const RemoveTenantKey&, const RemoveTenantKey&) = default;
};

// Nothing was wanted, but a deadline is due.
struct Tick {
  friend bool operator==(const Tick&, const Tick&) = default;
};

using Command =
    std::variant<Join, Leave, Touch, PresenceStart, PresenceEnd, Finish, SetRoom, RemoveRoom, Draw,
                 NodeStarted, Tick, SetRule, RemoveRule, SetInventory, RemoveInventory, Hold,
                 Extend, Confirm, Release, AcquireLock, RenewLock, ReleaseLock, SetTenant,
                 RemoveTenant, SetTenantKey, RemoveTenantKey, ChangeRoom>;

const char* name_of(const Command& command);  // "Join"

}  // namespace doorward::engine
