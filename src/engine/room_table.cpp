#include "engine/room_table.hpp"

namespace doorward::engine {
namespace {

constexpr std::uint32_t kMaxNumbers = 1U << 20;

}  // namespace

Room* RoomTable::add(std::string_view name) {
  if (by_name_.size() >= kMaxRooms || rooms_.size() >= kMaxNumbers) return nullptr;
  auto room = std::make_unique<Room>();
  room->number = numbers();
  room->name = name;
  by_name_.emplace(name, room->number);
  return rooms_.emplace_back(std::move(room)).get();
}

void RoomTable::remove(std::uint32_t number) {
  Room& room = *rooms_[number];
  set_wake(room, std::nullopt);
  room.policy.stock.reset();
  tie(room);
  unmark(number);
  by_name_.erase(room.name);
  rooms_[number].reset();
}

Room* RoomTable::find(std::string_view name) {
  const auto found = by_name_.find(name);
  return found == by_name_.end() ? nullptr : rooms_[found->second].get();
}

const Room* RoomTable::find(std::string_view name) const {
  const auto found = by_name_.find(name);
  return found == by_name_.end() ? nullptr : rooms_[found->second].get();
}

void RoomTable::set_wake(Room& room, std::optional<LogTime> at) {
  if (room.wake == at) return;
  if (room.wake) wakes_.erase({*room.wake, room.number});
  if (at) wakes_.emplace(*at, room.number);
  room.wake = at;
}

void RoomTable::tie(Room& room) {
  std::string wanted;
  if (room.policy.stock) {
    // A tenant's names are within the tenant.
    const auto slash = room.name.rfind('/');
    if (slash != std::string::npos) wanted = room.name.substr(0, slash + 1);
    wanted += room.policy.stock->inventory;
  }
  if (wanted == room.tied_to) return;
  const auto before = tied_.find(room.tied_to);
  if (before != tied_.end()) before->second.erase(room.number);
  if (before != tied_.end() && before->second.empty()) tied_.erase(before);
  if (!wanted.empty()) tied_[wanted].insert(room.number);
  room.tied_to = std::move(wanted);
}

void RoomTable::mark_tied(std::string_view inventory, bool all) {
  const auto found = tied_.find(inventory);
  if (found == tied_.end()) return;
  for (const std::uint32_t number : found->second)
    if (all || rooms_[number]->policy.stock->factor != 0) mark(number);
}

std::optional<LogTime> RoomTable::first_wake() const {
  return wakes_.empty() ? std::nullopt : std::optional(wakes_.begin()->first);
}

void RoomTable::mark_woken(LogTime now) {
  for (auto it = wakes_.begin(); it != wakes_.end() && it->first <= now; ++it) mark(it->second);
}

bool RoomTable::restore(std::unique_ptr<Room> room) {
  const std::uint32_t number = room->number;
  if (number >= rooms_.size() || rooms_[number]) return false;
  if (!by_name_.emplace(room->name, number).second) return false;
  rooms_[number] = std::move(room);
  tie(*rooms_[number]);
  return true;
}

}  // namespace doorward::engine
