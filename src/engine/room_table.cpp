#include "engine/room_table.hpp"

namespace doorward::engine {
namespace {

constexpr std::uint32_t kMaxNumbers = 1U << 20;

}  // namespace

Room* RoomTable::add(std::string_view name, bool reuse) {
  const bool has_free = reuse && !free_.empty();
  const bool may = has_free || rooms_.size() < kMaxNumbers;
  if (by_name_.size() >= kMaxRooms || !may) return nullptr;
  const std::uint32_t number = has_free ? *free_.begin() : numbers();
  free_.erase(number);
  if (!has_free) restore_numbers(number + 1);
  rooms_[number] = std::make_unique<Room>();
  rooms_[number]->number = number;
  rooms_[number]->name = name;
  by_name_.emplace(name, number);
  return rooms_[number].get();
}

void RoomTable::release(std::uint32_t number) {
  if (--tickets_[number] == 0 && !rooms_[number]) free_.insert(number);
}

void RoomTable::remove(std::uint32_t number) {
  Room& room = *rooms_[number];
  set_wake(room, std::nullopt);
  room.policy.stock.reset();
  tie(room);
  unmark(number);
  listening_.erase(number);
  if (room.draw_at) draws_.erase({*room.draw_at, number});
  by_name_.erase(room.name);
  rooms_[number].reset();
  if (tickets_[number] == 0) free_.insert(number);
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

void RoomTable::mark_sellers() {
  for (const auto& [inventory, rooms] : tied_)
    for (const std::uint32_t number : rooms) mark(number);
}

std::optional<LogTime> RoomTable::first_wake() const {
  return wakes_.empty() ? std::nullopt : std::optional(wakes_.begin()->first);
}

void RoomTable::mark_woken(LogTime now) {
  for (auto it = wakes_.begin(); it != wakes_.end() && it->first <= now; ++it) mark(it->second);
}

void RoomTable::note(Room& room) {
  const bool is_heard = room.waiting > 0 && room.policy.liveness_silence;
  if (is_heard || room.round_at) {
    listening_.insert(room.number);
  } else {
    listening_.erase(room.number);
  }
  const auto draw_at = room.awaits_draw() ? room.policy.opens_at : std::nullopt;
  if (room.draw_at == draw_at) return;
  if (room.draw_at) draws_.erase({*room.draw_at, room.number});
  if (draw_at) draws_.emplace(*draw_at, room.number);
  room.draw_at = draw_at;
}

const Room* RoomTable::to_draw(LogTime now) const {
  for (auto it = draws_.begin(); it != draws_.end() && it->first <= now; ++it) {
    const Room* room = at(it->second);
    if (room->mode == room::Mode::open) return room;
  }
  return nullptr;
}

void RoomTable::restore_numbers(std::uint32_t numbers) {
  rooms_.resize(numbers);
  tickets_.resize(numbers);
}

void RoomTable::finish_restore() {
  for (std::uint32_t number = 0; number < numbers(); ++number)
    if (!rooms_[number] && tickets_[number] == 0) free_.insert(number);
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
