#include "engine/door.hpp"

#include "engine/admission.hpp"
#include "engine/reservations.hpp"

#include <shared_mutex>

namespace doorward::engine {
namespace {

// What a room or an inventory would refuse now need not be written down to be refused. Whoever has
// a place is told of it, also while nobody else gets one.
Status ask(const World& world, const Join& c, bool is_full) {
  const Room* room = world.rooms.find(c.room);
  if (room == nullptr) return Status::no_such_room;
  // While somebody waits the room lets in by itself what it can. With nobody there its rate may let
  // one in at the time of the join, which is later than that of the state.
  const bool would_wait =
      room->asks_for_presence() || room->has_candidates() || !lets_in(world, *room);
  Status may = may_join(world, *room, c.lane, would_wait);
  if (may == Status::done && is_full) may = Status::shard_full;
  if (may == Status::done) return may;
  const bool is_known = world.tickets.find(c.ticket) || world.tickets.find(room->number, c.subject);
  return is_known ? Status::done : may;
}

Status ask(const World& world, const Hold& c) {
  const Reserved& reserved = world.reserved;
  const InventoryState* inventory = reserved.inventories.find(c.inventory);
  if (inventory == nullptr) return Status::no_such_inventory;
  if (reserved.holds.find(c.hold)) return Status::done;
  if (reserved.holds.over(inventory->number, c.subject) >= kMaxOverHolds)
    return Status::subject_limit;
  return refusal_of(world, *inventory, c);
}

}  // namespace

Asked ask_at_door(const ShardCore& core, const Command& command, bool is_full) {
  const auto* join = std::get_if<Join>(&command);
  const auto* hold = std::get_if<Hold>(&command);
  if (join == nullptr && hold == nullptr) return {};
  std::shared_lock lock(core.slices, std::defer_lock);
  // Joins are many, and must not wait for the applier: what is not refused here, the room refuses.
  if (hold != nullptr || is_full) {
    lock.lock();
  } else if (!lock.try_lock()) {
    return {};
  }
  const World& world = core.state->world();
  const Status may = join != nullptr ? ask(world, *join, is_full) : ask(world, *hold);
  if (may == Status::done) return {};
  const auto due = core.state->next_due();
  return {may, due && *due <= core.log_now()};
}

}  // namespace doorward::engine
