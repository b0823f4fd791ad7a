#include "engine/presence.hpp"

#include "core/room/presence.hpp"

#include <algorithm>

namespace doorward::engine {
namespace {

using Slot = NodeTable::Slot;

Slot node_of(const World& world, std::uint32_t ticket) {
  return static_cast<Slot>(world.tickets[ticket].node);
}

void put_node(World& world, std::uint32_t ticket, Slot node) {
  world.tickets.edit(ticket).node = node & 0xfffffU;
}

// Forgets one presence, but not until when it lasted.
void keep_moment(World& world, std::uint32_t ticket, Slot node) {
  const ServiceTime until = world.nodes.present_until(node, world.clock.service_now());
  Ticket& changed = world.tickets.edit(ticket);
  changed.set_seen_at(std::max(changed.seen_at(), until));
  world.nodes.release(node);
}

// The first of the further presences takes the place in the ticket.
void pull_up(World& world, std::uint32_t ticket) {
  const auto further = world.more_presences.lower_bound({ticket, 0});
  const bool found = further != world.more_presences.end() && further->first == ticket;
  put_node(world, ticket, found ? further->second : 0);
  if (found) world.more_presences.erase(further);
}

}  // namespace

bool start_presence(World& world, std::uint32_t ticket, Slot node) {
  const Slot held = node_of(world, ticket);
  if (held == node || world.more_presences.contains({ticket, node})) return false;
  world.nodes.refer(node);
  if (held == 0) {
    put_node(world, ticket, node);
  } else if (!world.nodes.is_alive(held, world.clock.service_now())) {
    keep_moment(world, ticket, held);
    put_node(world, ticket, node);
  } else {
    world.more_presences.emplace(ticket, node);
  }
  return true;
}

bool end_presence(World& world, std::uint32_t ticket, Slot node) {
  const bool in_ticket = node_of(world, ticket) == node;
  if (!in_ticket && world.more_presences.erase({ticket, node}) == 0) return false;
  keep_moment(world, ticket, node);
  if (in_ticket) pull_up(world, ticket);
  return true;
}

void drop_presences(World& world, std::uint32_t ticket) {
  while (const Slot node = node_of(world, ticket)) {
    world.nodes.release(node);
    pull_up(world, ticket);
  }
}

bool keep_living_presences(World& world, std::uint32_t ticket) {
  const ServiceTime now = world.clock.service_now();
  while (const Slot node = node_of(world, ticket)) {
    if (world.nodes.is_alive(node, now)) return true;
    keep_moment(world, ticket, node);
    pull_up(world, ticket);
  }
  return false;
}

ServiceTime last_seen(const World& world, std::uint32_t ticket) {
  const ServiceTime now = world.clock.service_now();
  ServiceTime seen = world.tickets[ticket].seen_at();
  if (const Slot node = node_of(world, ticket)) {
    seen = std::max(seen, world.nodes.present_until(node, now));
  }
  for (auto it = world.more_presences.lower_bound({ticket, 0});
       it != world.more_presences.end() && it->first == ticket; ++it) {
    seen = std::max(seen, world.nodes.present_until(it->second, now));
  }
  return seen;
}

bool is_silent(const World& world, const Room& room, std::uint32_t ticket) {
  const ServiceTime seen = std::max(last_seen(world, ticket), room.silence_since);
  return room::is_silent(room.policy, seen, world.clock.service_now());
}

}  // namespace doorward::engine
