// One line of waiting tickets: places in their order, and who stands on each.
//
// Why:     joins a rank index and a list from place to ticket that must always agree.
// State:   derived: given by `end` and the (place, ticket) pairs.
// Time:    O(log n) each.
// Threads: single-owner; const functions from any thread while the owner changes nothing.
#pragma once

#include "base/chunked_list.hpp"
#include "base/rank_index.hpp"

#include <cstdint>
#include <optional>

namespace doorward::engine {

class Line {
 public:
  using Place = RankIndex::Place;

  // Gives out places from `end` on.
  explicit Line(Place end = 0) : ranks_(end) {}
  // Moves only: a copy of a million places would be a mistake.
  Line(Line&&) = default;
  Line& operator=(Line&&) = default;

  Place push_back(std::uint32_t ticket) {
    const Place place = ranks_.push_back();
    tickets_.set(place, ticket);
    return place;
  }
  // `n` more places, all empty, to be `set` in any order.
  void extend(std::uint64_t n) { ranks_.extend(n); }
  // Puts a ticket on an empty place before `end`; false if it is taken or there is none such.
  bool set(Place place, std::uint32_t ticket) {
    if (place >= ranks_.end() || !ranks_.set(place)) return false;
    tickets_.set(place, ticket);
    return true;
  }
  void erase(Place place) {
    ranks_.clear(place);
    tickets_.erase(place);
  }

  std::uint64_t count() const { return ranks_.count(); }
  std::uint64_t ahead_of(Place place) const { return ranks_.rank(place); }
  Place end() const { return ranks_.end(); }
  std::optional<std::uint32_t> first() const { return nth(0); }
  // The ticket with k others ahead of it.
  std::optional<std::uint32_t> nth(std::uint64_t k) const {
    const auto place = ranks_.select(k);
    return place ? tickets_.at(*place) : std::nullopt;
  }
  std::size_t memory_bytes() const { return ranks_.memory_bytes() + tickets_.memory_bytes(); }

 private:
  RankIndex ranks_;
  ChunkedList tickets_;
};

}  // namespace doorward::engine
