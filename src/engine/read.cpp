#include "engine/read.hpp"

#include "engine/admission.hpp"

#include <algorithm>

namespace doorward::engine {
namespace {

using room::TicketState;

// What comes before a waiter, in numbers of admissions or of places.
std::uint64_t ahead_of(const LaneState& lane, const Ticket& ticket) {
  const std::uint64_t rank = lane.line(ticket.queue()).ahead_of(ticket.place);
  if (ticket.queue() == Queue::front) return rank;
  // A returner takes at most every second slot, so that many others enter before; this, too, only
  // falls.
  return 2 * rank + (lane.return_turn.last_was_returner() ? 1 : 0);
}

// Whether admissions go on, or will by the time alone. Nobody knows when an operator ends a pause.
bool is_foreseeable(const Room& room) {
  return room.policy.mode == room::Mode::open && room.mode != room::Mode::closed && !room.sold_out;
}

// Until the next round: from now, or from the opening.
Millis round_in(const Room& room, LogTime now) {
  if (const auto& opens = room.policy.opens_at; opens && *opens > now) return Millis{0};
  return room.round_at ? std::max(*room.round_at - now, Millis{0}) : room.policy.admit->every;
}

std::optional<room::Eta> eta_of(const World& world, const Room& room, const LaneState& lane,
                                std::uint64_t ahead, LogTime now) {
  now = std::max(now, world.clock.now());
  if (room.mode == room::Mode::bypass) return room::Eta{};
  if (!is_foreseeable(room)) return std::nullopt;
  std::uint64_t shares = lane.share;
  std::uint64_t elsewhere = 0;
  for (const LaneState& other : room.lanes) {
    const std::uint64_t waiting = room.candidates(other);
    if (&other == &lane || waiting == 0) continue;
    shares += other.share;
    elsewhere += waiting;
  }
  room::Estimate::Question question;
  question.ahead = room::ahead_in_lanes(ahead, lane.share, shares, elsewhere);
  question.capacity = capacity_of(world, room);
  if (question.capacity) {
    question.free_slots = *question.capacity - std::min(*question.capacity, room.counted);
    question.surplus = room.counted - std::min(*question.capacity, room.counted);
  }
  const LogTime begin = std::max(now, room.policy.opens_at.value_or(now));
  question.opens_in = begin - now;
  if (room.has_rounds()) {
    question.round_in = round_in(room, now);
  } else if (room.policy.admit) {
    question.rate_in = room.rate.next_allowed(*room.policy.admit, begin) - begin;
  }
  return room.estimate.answer(room.policy, question, world.clock.service_now());
}

void add_wait(const World& world, const Room& room, const Ticket& ticket, LogTime now,
              room::TicketView& view) {
  const LaneState& lane = room.lanes[ticket.lane];
  view.passed_over = ticket.queue() == Queue::aside;
  view.sold_out = room.sold_out;
  view.absent = room.policy.present_only && ticket.node == 0;
  view.waiting = static_cast<std::uint32_t>(lane.candidates());
  if (room.awaits_draw() || view.passed_over) return;
  const std::uint64_t ahead = ahead_of(lane, ticket);
  const bool in_front = ticket.queue() == Queue::front;
  view.position = static_cast<std::uint32_t>(ahead + 1);
  const std::uint64_t between = in_front ? std::min(lane.returners.count(), ahead + 1) : 0;
  const bool only_here = in_front && room.asks_for_presence();
  const std::uint64_t come_before = only_here ? lane.front.here_ahead_of(ticket.place) : ahead;
  view.eta = eta_of(world, room, lane, come_before + between, now);
}

std::vector<room::LaneView> lanes_of(const Room& room) {
  std::vector<room::LaneView> lanes;
  if (room.lanes.size() < 2) return lanes;
  for (const LaneState& lane : room.lanes) {
    if (lane.retired && lane.is_empty()) continue;
    lanes.push_back({lane.name, lane.share, lane.candidates() + lane.aside.count()});
  }
  return lanes;
}

}  // namespace

room::TicketView view_of(const World& world, std::uint32_t index, LogTime now) {
  const Ticket& ticket = world.tickets[index];
  room::TicketView view;
  view.id = ticket.id;
  view.room = static_cast<std::uint32_t>(ticket.room);
  view.state = ticket.state();
  view.reason = ticket.reason();
  view.joined_at = ticket.joined_at();
  view.claimed = ticket.claimed != 0;
  if (ticket.was_admitted()) view.admitted_at = ticket.admitted_at();
  if (ticket.is(TicketState::admitted)) view.expires_at = world.clock.shown(ticket.deadline());
  const Room* room = world.rooms.at(view.room);
  if (room == nullptr || ticket.lane >= room->lanes.size()) return view;
  view.lane = room->lanes[ticket.lane].in_policy;
  if (ticket.is(TicketState::waiting)) add_wait(world, *room, ticket, now, view);
  return view;
}

RoomEntry entry_of(const World& world, const Room& room, LogTime now) {
  RoomEntry entry{room.name, room.source, {}};
  entry.view.room = room.number;
  entry.view.sold_out = room.sold_out;
  entry.view.awaits_draw = room.awaits_draw();
  entry.view.policy = room.policy;
  entry.view.lanes = lanes_of(room);
  entry.view.mode = room.mode;
  entry.view.waiting = room.waiting;
  entry.view.inside = room.inside;
  entry.view.admitted_total = room.admitted_total;
  entry.view.joined_total = room.joined_total;
  if (const auto lane = room.find_lane(""); lane && !room.awaits_draw()) {
    const LaneState& first = room.lanes[*lane];
    entry.view.eta_for_newcomer = eta_of(world, room, first, room.candidates(first), now);
  }
  return entry;
}

std::vector<RoomEntry> all_rooms(const World& world, LogTime now) {
  std::vector<RoomEntry> entries;
  world.rooms.for_each([&](const Room& room) { entries.push_back(entry_of(world, room, now)); });
  return entries;
}

InventoryEntry entry_of(const InventoryState& inventory) {
  return {inventory.name,       inventory.number,          inventory.source,
          inventory.map,        inventory.taken,           inventory.sold_out,
          inventory.held_total, inventory.confirmed_total, inventory.expired_total};
}

std::optional<reserve::LockView> view_of_lock(const World& world, std::string_view name) {
  const reserve::Lock* lock = world.reserved.locks.find(name);
  if (lock == nullptr || !lock->holder()) return std::nullopt;
  reserve::LockView view;
  view.is_held = true;
  view.expires_at = world.clock.shown(lock->holder()->until);
  view.waiting = static_cast<std::uint32_t>(lock->waiters().size());
  return view;
}

std::optional<bool> is_inside_of_seller(const World& world, std::string_view inventory,
                                        const SubjectKey& subject) {
  const auto* rooms = world.rooms.selling(inventory);
  if (rooms == nullptr) return std::nullopt;
  return std::ranges::any_of(*rooms, [&](std::uint32_t number) {
    if (world.rooms.at(number)->mode == room::Mode::bypass) return true;
    const auto ticket = world.tickets.find(number, subject);
    return ticket && world.tickets[*ticket].is(TicketState::admitted);
  });
}

std::vector<TicketHandle> first_waiting(const World& world, const Room& room, std::size_t most) {
  std::vector<TicketHandle> first;
  for (const LaneState& lane : room.lanes) {
    for (std::uint64_t k = 0; k < lane.front.count() && first.size() < most; ++k) {
      const SlabHandle handle = world.tickets.slab().handle(*lane.front.nth(k));
      first.push_back({handle.index, handle.generation});
    }
  }
  return first;
}

}  // namespace doorward::engine
