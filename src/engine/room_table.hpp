// The rooms of a shard by number and by name, and which of them wait to be looked at.
//
// Why:     numbers are given once and never again, so a closed ticket's room is never another one.
// Threads: single-owner.
// Bounds:  2^20 numbers in the life of a shard, kMaxRooms rooms at once.
#pragma once

#include "engine/room_state.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace doorward::engine {

inline constexpr std::size_t kMaxRooms = 10'000;

class RoomTable {
 public:
  // Null if there are too many.
  Room* add(std::string_view name);
  void remove(std::uint32_t number);

  Room* find(std::string_view name);
  const Room* find(std::string_view name) const;
  // Null if there is no such room now.
  Room* at(std::uint32_t number) { return number < rooms_.size() ? rooms_[number].get() : nullptr; }
  const Room* at(std::uint32_t number) const {
    return number < rooms_.size() ? rooms_[number].get() : nullptr;
  }
  std::size_t size() const { return by_name_.size(); }
  std::uint32_t numbers() const { return static_cast<std::uint32_t>(rooms_.size()); }

  // In the order of numbers.
  template <class F>
  void for_each(F&& f) const {
    for (const auto& room : rooms_) {
      if (room) f(*room);
    }
  }

  // Those of a tenant, by name. `f` may mark a room, and removes none.
  template <class F>
  void for_each_of(std::string_view tenant, F&& f) const {
    const std::string prefix = std::string(tenant) + '/';
    for (auto it = by_name_.lower_bound(prefix);
         it != by_name_.end() && it->first.starts_with(prefix); ++it)
      f(*rooms_[it->second]);
  }

  // Rooms to settle in this record, lowest number first.
  void mark(std::uint32_t number) { marked_.insert(number); }
  Room* first_marked() { return marked_.empty() ? nullptr : at(*marked_.begin()); }
  void unmark(std::uint32_t number) { marked_.erase(number); }

  // The room's policy may name another inventory now.
  void tie(Room& room);
  // Rooms that sell this inventory are to be settled; `all`, or those that have a factor.
  void mark_tied(std::string_view inventory, bool all);
  // Null if none sells it.
  const std::set<std::uint32_t>* selling(std::string_view inventory) const {
    const auto found = tied_.find(inventory);
    return found == tied_.end() ? nullptr : &found->second;
  }

  // When time alone changes something in a room.
  void set_wake(Room& room, std::optional<LogTime> at);
  std::optional<LogTime> first_wake() const;
  void mark_woken(LogTime now);

  // For a snapshot.
  void restore_numbers(std::uint32_t numbers) { rooms_.resize(numbers); }
  bool restore(std::unique_ptr<Room> room);

 private:
  std::vector<std::unique_ptr<Room>> rooms_;
  std::map<std::string, std::uint32_t, std::less<>> by_name_;
  std::set<std::uint32_t> marked_;
  std::set<std::pair<LogTime, std::uint32_t>> wakes_;
  std::map<std::string, std::set<std::uint32_t>, std::less<>> tied_;  // by inventory
};

}  // namespace doorward::engine
