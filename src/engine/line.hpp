// One line of waiting tickets: places in their order, who stands on each, and who of them is here.
//
// Why:     joins two rank indexes and a list from place to ticket that must always agree. Who is
//          here has a stream that stands open at some node; rooms of `present_only` ask for the
//          first such, without looking at those before.
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
  explicit Line(Place end = 0) : ranks_(end), here_(end) {}
  // Moves only: a copy of a million places would be a mistake.
  Line(Line&&) = default;
  Line& operator=(Line&&) = default;

  Place push_back(std::uint32_t ticket) {
    const Place place = ranks_.push_back();
    here_.extend(1);
    tickets_.set(place, ticket);
    return place;
  }
  // `n` more places, all empty, to be `set` in any order.
  void extend(std::uint64_t n) {
    ranks_.extend(n);
    here_.extend(n);
  }
  // Puts a ticket on an empty place before `end`; false if it is taken or there is none such.
  bool set(Place place, std::uint32_t ticket) {
    if (place >= ranks_.end() || !ranks_.set(place)) return false;
    tickets_.set(place, ticket);
    return true;
  }
  void erase(Place place) {
    ranks_.clear(place);
    here_.clear(place);
    tickets_.erase(place);
  }
  // Of a place that somebody stands on.
  void set_here(Place place, bool here) {
    if (here) {
      here_.set(place);
    } else {
      here_.clear(place);
    }
  }

  std::uint64_t count() const { return ranks_.count(); }
  std::uint64_t count_here() const { return here_.count(); }
  std::uint64_t ahead_of(Place place) const { return ranks_.rank(place); }
  std::uint64_t here_ahead_of(Place place) const { return here_.rank(place); }
  Place end() const { return ranks_.end(); }
  std::optional<std::uint32_t> first() const { return nth(0); }
  std::optional<std::uint32_t> first_here() const {
    const auto place = here_.first_alive();
    return place ? tickets_.at(*place) : std::nullopt;
  }
  // The ticket with k others ahead of it.
  std::optional<std::uint32_t> nth(std::uint64_t k) const {
    const auto place = ranks_.select(k);
    return place ? tickets_.at(*place) : std::nullopt;
  }
  std::size_t memory_bytes() const {
    return ranks_.memory_bytes() + here_.memory_bytes() + tickets_.memory_bytes();
  }

 private:
  RankIndex ranks_;
  RankIndex here_;
  ChunkedList tickets_;
};

}  // namespace doorward::engine
