// What readers see: values copied out of the state.
//
// Time:    O(log n) a ticket. Of the time passed since the last record only estimates know, by the
//          `now` that they are given.
// Threads: const-safe.
#pragma once

#include "engine/shard.hpp"
#include "engine/world.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace doorward::engine {

room::TicketView view_of(const World& world, std::uint32_t ticket, LogTime now = {});
RoomEntry entry_of(const World& world, const Room& room, LogTime now = {});
std::vector<RoomEntry> all_rooms(const World& world, LogTime now = {});
InventoryEntry entry_of(const InventoryState& inventory);
std::optional<bool> is_inside_of_seller(const World& world, std::string_view inventory,
                                        const SubjectKey& subject);
std::optional<reserve::LockView> view_of_lock(const World& world, std::string_view name);

// Who waits in a room first, lane by lane in their order.
std::vector<TicketHandle> first_waiting(const World& world, const Room& room, std::size_t most);

}  // namespace doorward::engine
