#include "engine/lifecycle.hpp"

#include "core/room/session.hpp"
#include "engine/presence.hpp"

#include <algorithm>

namespace doorward::engine {
namespace {

using room::CloseReason;
using room::TicketState;

void touch_room(World& world, const Ticket& ticket) {
  const auto room = static_cast<std::uint32_t>(ticket.room);
  world.rooms.mark(room);
  auto& changed = world.changes.rooms;
  if (changed.empty() || changed.back() != room) changed.push_back(room);
}

void enqueue(World& world, std::uint32_t index, Queue queue) {
  Ticket& ticket = world.tickets.edit(index);
  ticket.set_queue(queue);
  ticket.place = world.lane_of(ticket).line(queue).push_back(index);
  world.lane_of(ticket).line(queue).set_here(ticket.place, ticket.node != 0);
  touch_room(world, ticket);
}

void dequeue(World& world, const Ticket& ticket) {
  world.lane_of(ticket).line(ticket.queue()).erase(ticket.place);
  touch_room(world, ticket);
}

void report(World& world, std::uint32_t index) {
  const SlabHandle handle = world.tickets.slab().handle(index);
  world.changes.tickets.push_back({handle.index, handle.generation});
}

void leave_line(World& world, std::uint32_t index) {
  dequeue(world, world.tickets[index]);
  drop_presences(world, index);
  --world.room_of(world.tickets[index]).waiting;
}

void leave_inside(World& world, const Ticket& ticket) {
  Room& room = world.room_of(ticket);
  --room.inside;
  if (!ticket.uncounted) {
    --room.counted;
    room.estimate.ended(1);
  }
  touch_room(world, ticket);
}

void count_admission(Room& room, Queue queue) {
  if (queue == Queue::returners) {
    room.estimate.returned(1);
  } else {
    room.estimate.admitted(1);
  }
}

void set_session(World& world, std::uint32_t index, const room::Session& session) {
  world.tickets.edit(index).claimed = session.claimed ? 1 : 0;
  world.tickets.set_deadline(index, session.deadline);
}

// In the line nobody is kept to a deadline, unless the room asks for presence still.
bool is_given_up(World& world, const Ticket& ticket) {
  return ticket.node == 0 && world.room_of(ticket).policy.present_only;
}

// Its time ran by a shorter grace than there is now.
bool has_longer(World& world, const Ticket& ticket) {
  const ServiceTime end = ticket.seen_at() + world.room_of(ticket).policy.liveness_grace;
  return world.has_fifth_rules() && end > world.clock.service_now();
}

CloseReason reason_when_due(const Ticket& ticket) {
  if (ticket.is(TicketState::waiting)) return CloseReason::silent;
  return ticket.claimed ? CloseReason::session_expired : CloseReason::claim_expired;
}

}  // namespace

std::uint32_t join(World& world, Room& room, const Newcomer& newcomer) {
  Ticket ticket;
  ticket.id = newcomer.id;
  ticket.subject = newcomer.subject;
  ticket.lane = newcomer.lane & 0xffU;
  ticket.room = room.number & 0xfffffU;
  ticket.set_joined_at(world.clock.now());
  ticket.set_seen_at(world.clock.service_now());
  const std::uint32_t index = world.tickets.insert(ticket);
  world.rooms.refer(room.number);
  ++room.joined_total;
  ++room.waiting;
  enqueue(world, index, Queue::front);
  mind_presence(world, index);
  return index;
}

void move_to_back(World& world, std::uint32_t index) {
  dequeue(world, world.tickets[index]);
  world.tickets.clear_deadline(index);
  world.tickets.edit(index).set_seen_at(world.clock.service_now());
  enqueue(world, index, Queue::front);
  mind_presence(world, index);
}

void see(World& world, std::uint32_t index) {
  Ticket& ticket = world.tickets.edit(index);
  ticket.set_seen_at(world.clock.service_now());
  if (ticket.queue() == Queue::aside) {
    dequeue(world, ticket);
    world.tickets.clear_deadline(index);
    enqueue(world, index, Queue::returners);
  }
  mind_presence(world, index);
}

void mind_presence(World& world, std::uint32_t index) {
  const Ticket& ticket = world.tickets[index];
  const bool is_here = ticket.node != 0;
  world.lane_of(ticket).line(ticket.queue()).set_here(ticket.place, is_here);
  const room::Policy& policy = world.room_of(ticket).policy;
  if (policy.present_only) touch_room(world, ticket);
  if (ticket.queue() == Queue::aside) return;
  if (policy.present_only && !is_here) {
    // It may be noticed late, as when a node died; then with the next record.
    const ServiceTime soonest = world.clock.service_now() + Millis{1};
    const ServiceTime end = ticket.seen_at() + policy.liveness_grace;
    world.tickets.set_deadline(index, std::max(end, soonest));
  } else if (ticket.deadline_bits != 0) {
    world.tickets.clear_deadline(index);
  }
}

void pass_over(World& world, std::uint32_t index) {
  const Ticket& ticket = world.tickets[index];
  const Millis grace = world.room_of(ticket).policy.liveness_grace;
  world.room_of(ticket).estimate.passed_over(1);
  dequeue(world, ticket);
  enqueue(world, index, Queue::aside);
  world.tickets.set_deadline(index, world.clock.service_now() + grace);
}

void admit(World& world, std::uint32_t index) {
  leave_line(world, index);
  Ticket& ticket = world.tickets.edit(index);
  Room& room = world.room_of(ticket);
  const bool counted = room.mode != room::Mode::bypass;
  if (counted) count_admission(room, ticket.queue());
  ticket.set_state(TicketState::admitted);
  ticket.set_queue(Queue::front);
  ticket.place = 0;
  ticket.set_admitted_at(world.clock.now());
  ticket.uncounted = counted ? 0 : 1;
  ++room.inside;
  ++room.admitted_total;
  if (counted) ++room.counted;
  const ServiceTime now = world.clock.service_now();
  set_session(world, index, room::at_admission(room.policy, now));
  report(world, index);
}

bool use(World& world, std::uint32_t index) {
  const Ticket& ticket = world.tickets[index];
  const room::Policy& policy = world.room_of(ticket).policy;
  const room::Session before{ticket.deadline(), ticket.claimed != 0};
  const room::Session after = room::after_use(policy, before, world.clock.service_now());
  if (after == before) return false;
  set_session(world, index, after);
  return true;
}

void close(World& world, std::uint32_t index, CloseReason reason) {
  if (world.tickets[index].is(TicketState::waiting)) {
    leave_line(world, index);
    const bool gave_up = reason == CloseReason::left || reason == CloseReason::finished;
    // Who was passed over is no longer ahead of anybody, and was counted then.
    const bool was_in_line = world.tickets[index].queue() != Queue::aside;
    if (gave_up && was_in_line) world.room_of(world.tickets[index]).estimate.left(1);
    world.tickets.edit(index).moment_bits = 0;
  } else {
    leave_inside(world, world.tickets[index]);
  }
  Ticket& ticket = world.tickets.edit(index);
  ticket.set_state(TicketState::closed);
  ticket.set_queue(Queue::front);
  ticket.set_reason(reason);
  ticket.place = 0;
  world.tickets.release_subject(index);
  world.tickets.set_deadline(index, world.clock.service_now() + world.remember_closed);
  report(world, index);
}

void fall_due(World& world, std::uint32_t index) {
  const Ticket& ticket = world.tickets[index];
  const bool is_in_line = ticket.is(TicketState::waiting) && ticket.queue() != Queue::aside;
  if (ticket.is(TicketState::closed)) {
    const auto room = static_cast<std::uint32_t>(ticket.room);
    world.tickets.forget(index);
    world.rooms.release(room);
  } else if (!is_in_line) {
    close(world, index, reason_when_due(ticket));
  } else if (is_given_up(world, ticket)) {
    has_longer(world, ticket) ? mind_presence(world, index)
                              : close(world, index, CloseReason::silent);
  }
}

}  // namespace doorward::engine
