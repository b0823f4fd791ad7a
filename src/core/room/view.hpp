// What a reader sees of a ticket and of a room: values copied out of the engine at one position.
//
// Units:  times in log time (gaps included, so they can be shown to people); counts are people.
// Threads: plain values.
#pragma once

#include "base/ids.hpp"
#include "base/time.hpp"
#include "core/room/policy.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace doorward::room {

enum class TicketState : std::uint8_t { waiting, admitted, closed };

enum class CloseReason : std::uint8_t {
  none,
  left,             // the visitor left
  finished,         // the backend ended the session
  session_expired,  // the session's time ran out
  claim_expired,    // admitted, never arrived
  silent,           // passed over, and not back within the grace time
  room_closed,      // the room closed while waiting
  room_removed,     // the operator removed the room
};

// A range that should hold for four visitors in five. Absent when nothing was observed yet.
struct Eta {
  std::uint32_t low_s = 0;
  std::uint32_t high_s = 0;
  friend bool operator==(const Eta&, const Eta&) = default;
};

struct TicketView {
  TicketId id;
  std::uint32_t room = 0;  // the room's number in this shard
  std::uint32_t lane = 0;
  TicketState state = TicketState::waiting;
  CloseReason reason = CloseReason::none;
  bool sold_out = false;                  // waiting, and nothing that the room sells is available
  bool passed_over = false;               // silent at the turn; takes the next free slot on return
  bool absent = false;                    // in a room of `present_only`: no stream of it is known
  bool claimed = false;                   // an admitted visitor has arrived
  std::optional<std::uint32_t> position;  // from 1; absent before a draw and when not waiting
  std::uint32_t waiting = 0;              // in this lane
  std::optional<Eta> eta;
  LogTime joined_at{};
  std::optional<LogTime> admitted_at;
  std::optional<LogTime> expires_at;  // of the claim or session, when admitted
};

// A line of a room that has several, also one that left the policy and still has people.
struct LaneView {
  std::string name;
  std::uint32_t share = 1;
  std::uint64_t waiting = 0;
};

struct RoomView {
  std::uint32_t room = 0;
  Policy policy;
  Mode mode = Mode::open;  // in force now: `opens_at` and `closes_at` considered
  std::uint32_t waiting = 0;
  std::vector<LaneView> lanes;  // empty where there is only one
  std::uint32_t inside = 0;     // admitted, claimed or not
  std::uint64_t admitted_total = 0;
  std::uint64_t joined_total = 0;
  std::optional<Eta> eta_for_newcomer;
  bool sold_out = false;     // nothing that the room sells is available
  bool awaits_draw = false;  // those who wait have no places yet
};

const char* to_string(TicketState state);
const char* to_string(CloseReason reason);

}  // namespace doorward::room
