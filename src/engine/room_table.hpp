// The rooms of a shard by number and by name, and which of them wait to be looked at.
//
// Why:     a number is given again only when no ticket names it any more, those included that are
//          closed and still remembered, so a closed ticket's room is never another one.
// Threads: single-owner.
// Bounds:  2^20 numbers, kMaxRooms rooms at once.
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
  // Null if there are too many. `reuse`: the lowest number that nothing names, before a new one.
  Room* add(std::string_view name, bool reuse);
  void remove(std::uint32_t number);

  Room* find(std::string_view name);
  const Room* find(std::string_view name) const;
  // Null if there is no such room now.
  Room* at(std::uint32_t number) { return number < rooms_.size() ? rooms_[number].get() : nullptr; }
  const Room* at(std::uint32_t number) const {
    return number < rooms_.size() ? rooms_[number].get() : nullptr;
  }
  // One more ticket names this number, or one less.
  void refer(std::uint32_t number) { ++tickets_[number]; }
  void release(std::uint32_t number);
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
  // Rooms that sell anything.
  void mark_sellers();
  // Null if none sells it.
  const std::set<std::uint32_t>* selling(std::string_view inventory) const {
    const auto found = tied_.find(inventory);
    return found == tied_.end() ? nullptr : &found->second;
  }

  // When time alone changes something in a room.
  void set_wake(Room& room, std::optional<LogTime> at);
  std::optional<LogTime> first_wake() const;
  void mark_woken(LogTime now);

  // What the room asks of the clock may be another than when it was noted last.
  void note(Room& room);
  // Whether any measures its waiters' silence, or awaits a round.
  bool any_listens() const { return !listening_.empty(); }
  // One that may be drawn, since it opened by its time. Null: none.
  const Room* to_draw(LogTime now) const;

  // For a snapshot.
  void restore_numbers(std::uint32_t numbers);
  bool restore(std::unique_ptr<Room> room);
  // All rooms and tickets are there.
  void finish_restore();

 private:
  std::vector<std::unique_ptr<Room>> rooms_;
  std::vector<std::uint32_t> tickets_;  // that name each number; derived
  std::set<std::uint32_t> free_;        // numbers that nothing names; derived
  std::set<std::uint32_t> listening_;
  std::set<std::pair<LogTime, std::uint32_t>> draws_;  // by when they open
  std::map<std::string, std::uint32_t, std::less<>> by_name_;
  std::set<std::uint32_t> marked_;
  std::set<std::pair<LogTime, std::uint32_t>> wakes_;
  std::map<std::string, std::set<std::uint32_t>, std::less<>> tied_;  // by inventory
};

}  // namespace doorward::engine
