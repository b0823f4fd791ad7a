#include "engine/door.hpp"

#include <shared_mutex>

namespace doorward::engine {
namespace {

// Whoever has a place is told of it, also while nobody else gets one.
Status ask(const ShardCore& core, const Join& c) {
  const std::shared_lock lock(core.slices);
  const World& world = core.state->world();
  const Room* room = world.rooms.find(c.room);
  const bool is_known = room == nullptr || world.tickets.find(c.ticket) ||
                        world.tickets.find(room->number, c.subject);
  return is_known ? Status::done : Status::shard_full;
}

Status ask(const ShardCore& core, const Hold& c) {
  const std::shared_lock lock(core.slices);
  const Reserved& reserved = core.state->world().reserved;
  const InventoryState* inventory = reserved.inventories.find(c.inventory);
  const bool is_known = inventory == nullptr || reserved.holds.find(c.hold);
  if (is_known || reserved.holds.over(inventory->number, c.subject) < kMaxOverHolds)
    return Status::done;
  return Status::subject_limit;
}

}  // namespace

Status ask_at_door(const ShardCore& core, const Command& command, bool is_full) {
  if (const auto* join = std::get_if<Join>(&command))
    return is_full ? ask(core, *join) : Status::done;
  if (const auto* hold = std::get_if<Hold>(&command)) return ask(core, *hold);
  return Status::done;
}

}  // namespace doorward::engine
