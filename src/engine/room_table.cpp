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
  return true;
}

}  // namespace doorward::engine
