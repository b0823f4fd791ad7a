#include "engine/admission.hpp"

#include "engine/draw.hpp"
#include "engine/lifecycle.hpp"
#include "engine/presence.hpp"
#include "engine/tenancy.hpp"

#include <algorithm>
#include <array>
#include <span>

namespace doorward::engine {
namespace {

// So many tickets that are only looked at cost as much as one that is moved.
constexpr std::uint32_t kSlotsInBudget = 16;

using room::CloseReason;
using room::Mode;
using room::TicketState;

const InventoryState* stock_of(const World& world, const Room& room) {
  return room.tied_to.empty() ? nullptr : world.reserved.inventories.find(room.tied_to);
}

bool has_capacity(const World& world, const Room& room) {
  const auto capacity = capacity_of(world, room);
  return !capacity || room.counted < *capacity;
}

bool is_admitting(const Room& room) {
  const bool is_open = room.mode == Mode::open && !room.awaits_draw() && !room.sold_out;
  return is_open || room.mode == Mode::bypass;
}

void look_at_stock(World& world, Room& room) {
  const bool sold_out = is_sold_out(world, room);
  if (sold_out == room.sold_out) return;
  room.sold_out = sold_out;
  world.changes.sold_out.push_back(room.number);
  world.changes.rooms.push_back(room.number);
}

// Who is next, and the turns as they are once that one was admitted. Somebody who is passed over
// takes no turn.
struct Next {
  std::uint32_t ticket = 0;
  std::uint32_t lane = 0;
  room::LaneTurn lane_turn;
  room::ReturnTurn return_turn;
};

std::uint32_t take_lane_turn(const Room& room, room::LaneTurn& turn) {
  if (room.lanes.size() == 1) return 0;
  std::array<room::LaneTurn::Contender, kMaxLaneStates> contenders;
  for (std::size_t i = 0; i < room.lanes.size(); ++i) {
    contenders[i] = {room.lanes[i].share, room.candidates(room.lanes[i]) > 0};
  }
  return *turn.take(std::span(contenders).first(room.lanes.size()));
}

// There are candidates.
Next who_is_next(const Room& room) {
  Next next;
  next.lane_turn = room.lane_turn;
  next.lane = take_lane_turn(room, next.lane_turn);
  const LaneState& lane = room.lanes[next.lane];
  next.return_turn = lane.return_turn;
  const bool only_here = room.asks_for_presence();
  const auto first = [only_here](const Line& line) {
    return only_here ? line.first_here() : line.first();
  };
  const auto returner = first(lane.returners);
  const auto in_line = first(lane.front);
  next.ticket =
      next.return_turn.take(returner.has_value(), in_line.has_value()) ? *returner : *in_line;
  return next;
}

// Whether the one whose turn it is may enter; else made room for the next.
bool is_there(World& world, Room& room, std::uint32_t ticket) {
  if (room.mode == Mode::bypass) return true;
  if (room.policy.present_only) {
    if (keep_living_presences(world, ticket)) return true;
    mind_presence(world, ticket);
    return false;
  }
  if (!is_silent(world, room, ticket)) return true;
  pass_over(world, ticket);
  return false;
}

void let_in(World& world, Room& room, const Next& next) {
  admit(world, next.ticket);
  room.lane_turn = next.lane_turn;
  room.lanes[next.lane].return_turn = next.return_turn;
  const bool counts = room.mode != Mode::bypass && room.policy.admit;
  if (counts) room.rate.admit(*room.policy.admit, world.clock.now(), 1);
  if (counts && room.round_left > 0) --room.round_left;
}

// Fills every free slot. Somebody who is not there costs budget too, but no slot and no turn.
bool admit_some(World& world, Room& room, Budget& budget) {
  while (room.has_candidates() && has_free_slot(world, room)) {
    if (!budget.take()) return false;
    const Next next = who_is_next(room);
    if (is_there(world, room, next.ticket)) let_in(world, room, next);
  }
  return true;
}

std::optional<std::uint32_t> any_waiter(const Room& room) {
  for (const LaneState& lane : room.lanes) {
    for (const Queue queue : {Queue::front, Queue::returners, Queue::aside}) {
      if (const auto ticket = lane.line(queue).first()) return ticket;
    }
  }
  return std::nullopt;
}

bool close_waiters(World& world, Room& room, Budget& budget) {
  while (const auto ticket = any_waiter(room)) {
    if (!budget.take()) return false;
    close(world, *ticket, CloseReason::room_closed);
  }
  // Whoever comes when it opens again takes part in a draw of its own.
  room.drawn = false;
  return true;
}

// Looks at every ticket of the shard until the last of these rooms is found: rooms are removed
// seldom, and have no list of those inside.
bool remove_some(World& world, Budget& budget) {
  RoomRemoval& removal = world.removal;
  const TicketStore::Slab& slab = world.tickets.slab();
  while (removal.left > 0 && removal.next < slab.header().slots) {
    const std::uint32_t index = removal.next;
    const bool is_open = slab.is_live(index) && !slab[index].is(TicketState::closed);
    const bool is_removed = is_open && world.room_of(slab[index]).removing;
    // One at most for a slot, or the smallest budget would never get past the first.
    if ((is_removed || index % kSlotsInBudget == 0) && !budget.take()) return false;
    if (is_removed) {
      close(world, index, CloseReason::room_removed);
      --removal.left;
    }
    ++removal.next;
  }
  for (const std::uint32_t number : removal.rooms) {
    world.changes.rooms.push_back(number);
    world.rooms.remove(number);
  }
  removal = {};
  return true;
}

// Opens the round that is due. Time in which the service was away brings none, and a beat that
// found nobody ends: it begins anew with the next who waits.
void open_round(World& world, Room& room) {
  if (!room.has_rounds()) return room.round_at.reset();
  const LogTime now = world.clock.now();
  const Millis every = room.policy.admit->every;
  if (is_admitting(room) && room.round_at) room.round_at = std::min(*room.round_at, now + every);
  if (!room.round_at || *room.round_at > now) return;
  if (world.after_gap || !is_admitting(room) || !room.has_candidates()) {
    return room.round_at.reset();
  }
  room.round_left = room.policy.admit->count;
  world.open_rounds.push_back(room.number);
  *room.round_at += every * ((now - *room.round_at) / every + 1);
}

// Somebody waits, so there will be a round: the first when the room opens, else after one interval.
void await_round(const World& world, Room& room) {
  if (!room.has_rounds() || room.round_at || !room.has_candidates()) return;
  const LogTime now = world.clock.now();
  const auto& opens = room.policy.opens_at;
  if (is_admitting(room)) {
    room.round_at = now + room.policy.admit->every;
  } else if (opens && *opens > now && room.policy.mode == Mode::open) {
    room.round_at = *opens;
    // Who entered lately, before there were rounds too, counts as a round.
    const auto last = room.rate.last();
    if (last && world.has_fifth_rules())
      room.round_at = std::max(*opens, *last + room.policy.admit->every);
  }
}

}  // namespace

void begin_removal(World& world, Room& room) {
  room.removing = true;
  world.removal.rooms.push_back(room.number);
  world.removal.left += std::uint64_t{room.waiting} + room.inside;
  world.rooms.mark(room.number);
}

bool begins_another_beat(const Room& room, const room::Policy& wanted) {
  if (!room.round_at || !wanted.admit) return false;
  const bool is_slower = wanted.admit->every > room.policy.admit->every;
  return is_slower || (wanted.opens_at != room.policy.opens_at && !is_admitting(room));
}

void close_rounds(World& world) {
  for (const std::uint32_t number : world.open_rounds) {
    if (Room* room = world.rooms.at(number)) room->round_left = 0;
  }
  world.open_rounds.clear();
}

bool lets_in(const World& world, const Room& room) {
  return is_admitting(room) && (room.mode == Mode::bypass || has_capacity(world, room));
}

bool has_free_slot(World& world, Room& room) {
  if (!lets_in(world, room)) return false;
  if (room.mode == Mode::bypass) return true;
  if (room.has_rounds()) return room.round_left > 0;
  return !room.policy.admit || room.rate.allowed(*room.policy.admit, world.clock.now()) > 0;
}

Status may_join(const World& world, const Room& room, std::string_view lane, bool would_wait) {
  if (!room.find_lane(lane)) return Status::no_such_lane;
  if (room.mode == Mode::closed) return Status::room_closed;
  if (room.sold_out && room.mode != Mode::bypass) return Status::sold_out;
  if (would_wait && room.waiting >= room.policy.max_waiting) return Status::room_full;
  return !would_wait || may_wait(world, room) ? Status::done : Status::tenant_full;
}

std::optional<std::uint32_t> capacity_of(const World& world, const Room& room) {
  const InventoryState* stock = stock_of(world, room);
  if (stock == nullptr) return room.policy.capacity;
  const std::uint32_t units = stock->map->units();
  const std::uint32_t left = units - std::min(units, stock->taken.confirmed);
  return room::effective_capacity(room.policy, left, world.has_second_rules());
}

bool is_sold_out(const World& world, const Room& room) {
  if (room.tied_to.empty()) return false;
  const InventoryState* stock = stock_of(world, room);
  return stock == nullptr ? world.has_third_rules() : stock->sold_out;
}

std::optional<LogTime> next_wake(const World& world, const Room& room) {
  const LogTime now = world.clock.now();
  std::optional<LogTime> wake = room::next_mode_change(room.policy, now);
  if (room.has_rounds()) {
    if (!room.round_at) return wake;
    return wake ? std::min(*wake, *room.round_at) : *room.round_at;
  }
  const bool held_by_rate = room.mode == Mode::open && is_admitting(room) &&
                            has_capacity(world, room) && room.has_candidates() && room.policy.admit;
  if (!held_by_rate) return wake;
  const LogTime next = room.rate.next_allowed(*room.policy.admit, now);
  return wake ? std::min(*wake, next) : next;
}

bool settle(World& world, Room& room, Budget& budget) {
  if (room.removing) return remove_some(world, budget);
  room.mode = room::effective_mode(room.policy, world.clock.now());
  look_at_stock(world, room);
  if (room.draw && !draw_some(world, room, budget)) return false;
  if (room.mode == Mode::closed && !close_waiters(world, room, budget)) return false;
  open_round(world, room);
  if (!admit_some(world, room, budget)) return false;
  await_round(world, room);
  room.estimate.stand(world.clock.service_now(), room.candidates(), room.counted);
  world.rooms.set_wake(room, next_wake(world, room));
  world.rooms.note(room);
  world.rooms.unmark(room.number);
  return true;
}

}  // namespace doorward::engine
