// Commands: what somebody wants of a shard, and what became of it.
//
// Why:     a command carries every random value and every decision that is not a function of the
//          log: ids, seeds, the hashed subject. `apply` draws nothing and reads no clock.
// Bounds:  room and lane names as in core/room/policy.hpp.
// Spec:    docs/log-format.md gives the bytes of each.
#pragma once

#include "base/ids.hpp"
#include "base/time.hpp"
#include "core/limit/rule.hpp"
#include "core/room/policy.hpp"
#include "core/room/view.hpp"
#include "ports/command_log.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

namespace doorward::engine {

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
  friend bool operator==(const ChangeRoom&, const ChangeRoom&) = default;
};
struct RemoveRoom {
  std::string room;
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
// remembered is a setting that changes the state, and therefore travels in the log too.
struct NodeStarted {
  std::uint64_t place = 0;
  Millis remember_closed{std::chrono::minutes{10}};
  friend bool operator==(const NodeStarted&, const NodeStarted&) = default;
};

// Creates a rate-limit rule or changes it. The engine keeps it and counts nothing by it.
struct SetRule {
  enum class Only : std::uint8_t { always, if_absent, if_present };
  limit::Rule rule;
  limit::RuleSource source = limit::RuleSource::admin;
  Only only = Only::always;
  friend bool operator==(const SetRule&, const SetRule&) = default;
};
struct RemoveRule {
  std::string rule;
  friend bool operator==(const RemoveRule&, const RemoveRule&) = default;
};

// Nothing was wanted, but a deadline is due.
struct Tick {
  friend bool operator==(const Tick&, const Tick&) = default;
};

using Command = std::variant<Join, Leave, Touch, PresenceStart, PresenceEnd, Finish, SetRoom,
                             RemoveRoom, Draw, NodeStarted, Tick, SetRule, RemoveRule, ChangeRoom>;

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
  unavailable,    // the log cannot be written now; nothing happened
  no_such_rule,
  rule_exists,     // and was to be made
  too_many_rules,  // limit::kMaxRules
  too_many_rooms,  // kMaxRooms
  too_many_lanes,  // those counted that left the policy while somebody waits in them
  changed,         // meanwhile, by another: nothing happened
};

struct Outcome {
  Status status = Status::done;
  std::optional<room::TicketView>
      ticket;             // the state right after the command, where one is concerned
  ports::LogPosition at;  // where the command stands in the log
};

const char* to_string(Status status);
const char* name_of(const Command& command);  // "Join"

}  // namespace doorward::engine
