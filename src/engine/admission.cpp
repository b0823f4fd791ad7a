#include "engine/admission.hpp"

#include "engine/draw.hpp"
#include "engine/lifecycle.hpp"
#include "engine/presence.hpp"

#include <algorithm>
#include <array>
#include <span>

namespace doorward::engine {
namespace {

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
    contenders[i] = {room.lanes[i].share, room.lanes[i].has_candidates()};
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
  const bool returner = next.return_turn.take(lane.returners.count() > 0, lane.front.count() > 0);
  next.ticket = *lane.line(returner ? Queue::returners : Queue::front).first();
  return next;
}

void let_in(World& world, Room& room, const Next& next) {
  admit(world, next.ticket);
  room.lane_turn = next.lane_turn;
  room.lanes[next.lane].return_turn = next.return_turn;
  const bool counts = room.mode != Mode::bypass && room.policy.admit;
  if (counts) room.rate.admit(*room.policy.admit, world.clock.now(), 1);
}

// Fills every free slot. Somebody who is passed over costs budget too, but no slot and no turn.
bool admit_some(World& world, Room& room, Budget& budget) {
  while (room.has_candidates() && has_free_slot(world, room)) {
    if (!budget.take()) return false;
    const Next next = who_is_next(room);
    if (room.mode != Mode::bypass && is_silent(world, room, next.ticket)) {
      pass_over(world, next.ticket);
    } else {
      let_in(world, room, next);
    }
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

// Looks at every ticket of the shard: rooms are removed seldom, and have no list of those inside.
bool remove_some(World& world, Room& room, Budget& budget) {
  const TicketStore::Slab& slab = world.tickets.slab();
  for (std::uint32_t& index = *room.removing; index < slab.header().slots; ++index) {
    if (!budget.take()) return false;
    const bool is_live = slab.is_live(index) && slab[index].room == room.number &&
                         !slab[index].is(TicketState::closed);
    if (is_live) close(world, index, CloseReason::room_removed);
  }
  world.changes.rooms.push_back(room.number);
  world.rooms.remove(room.number);
  return true;
}

}  // namespace

bool has_free_slot(World& world, Room& room) {
  if (!is_admitting(room)) return false;
  if (room.mode == Mode::bypass) return true;
  if (!has_capacity(world, room)) return false;
  return !room.policy.admit || room.rate.allowed(*room.policy.admit, world.clock.now()) > 0;
}

std::optional<std::uint32_t> capacity_of(const World& world, const Room& room) {
  const InventoryState* stock = stock_of(world, room);
  if (stock == nullptr) return room.policy.capacity;
  const std::uint32_t units = stock->map->units();
  return room::effective_capacity(room.policy, units - std::min(units, stock->taken.confirmed));
}

bool is_sold_out(const World& world, const Room& room) {
  const InventoryState* stock = stock_of(world, room);
  return stock != nullptr && stock->sold_out;
}

std::optional<LogTime> next_wake(const World& world, const Room& room) {
  const LogTime now = world.clock.now();
  std::optional<LogTime> wake = room::next_mode_change(room.policy, now);
  const bool held_by_rate = room.mode == Mode::open && is_admitting(room) &&
                            has_capacity(world, room) && room.has_candidates() && room.policy.admit;
  if (!held_by_rate) return wake;
  const LogTime next = room.rate.next_allowed(*room.policy.admit, now);
  return wake ? std::min(*wake, next) : next;
}

bool settle(World& world, Room& room, Budget& budget) {
  if (room.removing) return remove_some(world, room, budget);
  room.mode = room::effective_mode(room.policy, world.clock.now());
  look_at_stock(world, room);
  if (room.draw && !draw_some(world, room, budget)) return false;
  if (room.mode == Mode::closed && !close_waiters(world, room, budget)) return false;
  if (!admit_some(world, room, budget)) return false;
  room.estimate.stand(world.clock.service_now(), room.candidates(), room.counted);
  world.rooms.set_wake(room, next_wake(world, room));
  world.rooms.unmark(room.number);
  return true;
}

}  // namespace doorward::engine
