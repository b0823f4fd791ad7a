// What readers see: values copied out of the state.
//
// Time:    O(log n) a ticket. Time passed since the last record is not considered.
// Threads: const-safe.
#pragma once

#include "engine/shard.hpp"
#include "engine/world.hpp"

#include <vector>

namespace doorward::engine {

room::TicketView view_of(const World& world, std::uint32_t ticket);
RoomEntry entry_of(const World& world, const Room& room);
std::vector<RoomEntry> all_rooms(const World& world);

}  // namespace doorward::engine
