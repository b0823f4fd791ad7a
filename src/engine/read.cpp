#include "engine/read.hpp"

namespace doorward::engine {
namespace {

using room::TicketState;

// One more than the places ahead. A returner takes at most every second slot, so that many others
// enter before; that number, too, only falls.
std::optional<std::uint32_t> position_of(const Room& room, const Ticket& ticket) {
  if (room.awaits_draw() || ticket.queue() == Queue::aside) return std::nullopt;
  const LaneState& lane = room.lanes[ticket.lane];
  const auto ahead = static_cast<std::uint32_t>(lane.line(ticket.queue()).ahead_of(ticket.place));
  if (ticket.queue() == Queue::front) return ahead + 1;
  return 2 * ahead + (lane.return_turn.last_was_returner() ? 2 : 1);
}

void add_wait(const Room& room, const Ticket& ticket, room::TicketView& view) {
  const LaneState& lane = room.lanes[ticket.lane];
  view.lane = lane.in_policy;
  view.passed_over = ticket.queue() == Queue::aside;
  view.position = position_of(room, ticket);
  view.waiting = static_cast<std::uint32_t>(lane.front.count() + lane.returners.count());
}

}  // namespace

room::TicketView view_of(const World& world, std::uint32_t index) {
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
  if (room != nullptr && ticket.is(TicketState::waiting)) add_wait(*room, ticket, view);
  return view;
}

RoomEntry entry_of(const World&, const Room& room) {
  RoomEntry entry{room.name, room.source, {}};
  entry.view.room = room.number;
  entry.view.policy = room.policy;
  entry.view.mode = room.mode;
  entry.view.waiting = room.waiting;
  entry.view.inside = room.inside;
  entry.view.admitted_total = room.admitted_total;
  entry.view.joined_total = room.joined_total;
  return entry;
}

std::vector<RoomEntry> all_rooms(const World& world) {
  std::vector<RoomEntry> entries;
  world.rooms.for_each([&](const Room& room) { entries.push_back(entry_of(world, room)); });
  return entries;
}

}  // namespace doorward::engine
