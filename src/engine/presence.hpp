// Who is there: streams that stand open at nodes, and signs of life.
//
// Why:     silence is asked only when a waiter's turn comes, and then of the ticket and its nodes;
//          no timer runs for a waiter.
// Time:    service time, so that an outage counts against nobody.
#pragma once

#include "engine/world.hpp"

namespace doorward::engine {

// A stream of a waiting ticket opened, or the last one at that node closed. False if nothing
// changed.
bool start_presence(World& world, std::uint32_t ticket, NodeTable::Slot node);
bool end_presence(World& world, std::uint32_t ticket, NodeTable::Slot node);
// The ticket waits no more.
void drop_presences(World& world, std::uint32_t ticket);
// Forgets the presences at nodes that are dead. True if one at a living node remains.
bool keep_living_presences(World& world, std::uint32_t ticket);

// The latest moment at which the ticket was there.
ServiceTime last_seen(const World& world, std::uint32_t ticket);
bool is_silent(const World& world, const Room& room, std::uint32_t ticket);

}  // namespace doorward::engine
