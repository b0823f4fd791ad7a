// A room as the engine keeps it: its policy, its lanes with their lines, and its counts.
//
// Why:     holds; `lifecycle` moves tickets through it, `admission` decides who is next.
// State:   lines, counts of tickets and what is marked so are derived; the rest goes into
//          snapshots.
// Threads: single-owner.
// Bounds:  at most kMaxLaneStates lanes, those included that left the policy and still have
//          waiters.
#pragma once

#include "base/bytes.hpp"
#include "core/room/estimate.hpp"
#include "core/room/lane_turn.hpp"
#include "core/room/policy.hpp"
#include "core/room/rate_window.hpp"
#include "core/room/return_turn.hpp"
#include "engine/command.hpp"
#include "engine/line.hpp"
#include "engine/ticket.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace doorward::engine {

inline constexpr std::size_t kMaxLaneStates = room::kMaxTurnLanes;

struct LaneState {
  std::string name;
  std::uint32_t share = 1;
  bool retired = false;         // no more in the policy: no joins, but its waiters are admitted
  std::uint32_t in_policy = 0;  // derived: its number in the policy
  room::ReturnTurn return_turn;
  Line front;  // derived but for `end`, like the two below
  Line returners;
  Line aside;

  Line& line(Queue queue);
  const Line& line(Queue queue) const;
  std::uint64_t candidates() const { return front.count() + returners.count(); }
  std::uint64_t candidates_here() const { return front.count_here() + returners.count_here(); }
  bool is_empty() const { return candidates() == 0 && aside.count() == 0; }
};

struct DrawJob;

struct Room {
  std::uint32_t number = 0;
  std::string name;
  SetRoom::Source source = SetRoom::Source::admin;
  room::Policy policy;
  bool drawn = false;
  ServiceTime silence_since{};  // who was seen last before it counts as seen then
  std::vector<LaneState> lanes;
  room::LaneTurn lane_turn;
  room::RateWindow rate;
  std::optional<LogTime> round_at;  // the next round, where there are rounds and somebody waits
  room::Estimate estimate;
  std::uint64_t admitted_total = 0;
  std::uint64_t joined_total = 0;

  room::Mode mode = room::Mode::open;  // derived: in force now
  std::uint32_t waiting = 0;           // derived: in any line
  std::uint32_t inside = 0;            // derived: admitted
  std::uint32_t counted = 0;           // derived: admitted, and part of the capacity
  std::optional<LogTime> wake;         // derived: when time alone changes something
  std::optional<LogTime> draw_at;      // derived: when it opens by its time, and is to be drawn
  std::string tied_to;                 // derived: the inventory that it sells, by its whole name
  bool sold_out = false;               // derived: and nothing of that is available

  // Only within one record.
  std::unique_ptr<DrawJob> draw;
  bool removing = false;
  std::uint32_t round_left = 0;  // who may still enter in the round of this record

  Room();
  Room(Room&&) noexcept;
  ~Room();

  bool awaits_draw() const { return policy.order == room::Order::draw && !drawn; }
  bool has_rounds() const { return policy.admit && policy.admit->rounds; }
  bool asks_for_presence() const { return policy.present_only && mode != room::Mode::bypass; }
  // Who may enter when the turn comes: was not passed over, and is here where that is asked for.
  std::uint64_t candidates(const LaneState& lane) const {
    return asks_for_presence() ? lane.candidates_here() : lane.candidates();
  }
  std::uint32_t candidates() const;  // of all lanes
  bool has_candidates() const;
  // The lane of that name that takes joins; an empty name is the first.
  std::optional<std::uint32_t> find_lane(std::string_view lane) const;
};

// Takes over a policy; lanes keep their lines by name. False if there are too many lanes, among
// which those without waiters count only by the first rules.
bool set_policy(Room& room, const room::Policy& policy, bool vacant_lanes_count);

void write_room(ByteWriter& out, const Room& room);
// `in.ok()` is false afterwards if it was malformed.
void read_room(ByteReader& in, Room& room);

}  // namespace doorward::engine
