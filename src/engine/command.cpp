#include "engine/command.hpp"

#include <iterator>

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
    case Status::no_such_rule: return "no_such_rule";
    case Status::rule_exists: return "rule_exists";
    case Status::too_many_rules: return "too_many_rules";
    case Status::too_many_rooms: return "too_many_rooms";
    case Status::too_many_lanes: return "too_many_lanes";
    case Status::changed: return "changed";
  }
  return "unknown";
}

const char* name_of(const Command& command) {
  static constexpr const char* kNames[] = {"Join",        "Leave",       "Touch",   "PresenceStart",
                                           "PresenceEnd", "Finish",      "SetRoom", "RemoveRoom",
                                           "Draw",        "NodeStarted", "Tick",    "SetRule",
                                           "RemoveRule",  "ChangeRoom"};
  static_assert(std::size(kNames) == std::variant_size_v<Command>);
  return kNames[command.index()];
}

}  // namespace doorward::engine
