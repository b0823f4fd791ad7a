// The observer's own account of time, signs of life, uses and admissions.
//
// Why:     what the engine derives from slabs and heaps is kept here in plain maps, by another way.
#pragma once

#include "base/ids.hpp"
#include "base/time.hpp"
#include "core/room/policy.hpp"

#include <algorithm>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>

namespace doorward::sim {

class Ledger {
 public:
  // Time: at most five seconds of it count at once.
  void advance(LogTime to) {
    after_gap_ = log_ != LogTime{} && to - log_ > Millis(5'000);
    if (to > log_ && log_ != LogTime{}) service_ += std::min(to - log_, Millis(5'000));
    log_ = std::max(log_, to);
  }
  Millis service() const { return service_; }
  LogTime log() const { return log_; }
  bool is_after_gap() const { return after_gap_; }

  // Nodes and streams.
  void heard(std::uint64_t node) { heard_[node] = service_; }
  void started(std::uint64_t node, std::uint64_t place) {
    for (const auto& [other, its_place] : places_) {
      if (its_place == place && other != node && !ended_.contains(other)) {
        ended_[other] = until(other);
      }
    }
    places_[node] = place;
  }
  void sign(const TicketId& ticket) { signs_[ticket] = service_; }
  void stream(const TicketId& ticket, std::uint64_t node) { streams_[ticket].insert(node); }
  void stream_ended(const TicketId& ticket, std::uint64_t node) {
    if (streams_[ticket].erase(node) > 0) signs_[ticket] = std::max(signs_[ticket], until(node));
  }
  Millis silent_for(const TicketId& ticket) {
    Millis seen = signs_[ticket];
    for (const std::uint64_t node : streams_[ticket]) seen = std::max(seen, until(node));
    return service_ - seen;
  }

  // Whether a stream of it stands now.
  bool is_here(const TicketId& ticket) {
    const auto& nodes = streams_[ticket];
    return std::ranges::any_of(nodes, [this](std::uint64_t n) { return until(n) == service_; });
  }

  // Sessions: at least this long was promised from now.
  void promise(const TicketId& ticket, Millis time) { promised_[ticket] = service_ + time; }
  bool is_promised(const TicketId& ticket) const {
    const auto found = promised_.find(ticket);
    return found != promised_.end() && service_ < found->second;
  }

  void forget(const TicketId& ticket) {
    signs_.erase(ticket);
    streams_.erase(ticket);
    promised_.erase(ticket);
  }

  // Admissions that count, by room.
  void admitted(std::uint32_t room) { admissions_[room].push_back(log_); }
  std::size_t admitted_within(std::uint32_t room, Millis every) const {
    const auto found = admissions_.find(room);
    if (found == admissions_.end()) return 0;
    return static_cast<std::size_t>(
        std::ranges::count_if(found->second, [&](LogTime at) { return log_ - at < every; }));
  }
  // The rate changed: only what the window held until now still counts.
  void rate_changed(std::uint32_t room, std::optional<room::Rate> former) {
    auto& times = admissions_[room];
    rate_changed_[room] = log_;
    while (!times.empty() && (!former || log_ - times.front() >= former->every)) times.pop_front();
  }
  void round_count_changed(std::uint32_t room) { count_changed_[room] = log_; }
  void removed(std::uint32_t room) {
    admissions_.erase(room);
    rate_changed_.erase(room);
    count_changed_.erase(room);
  }
  // Whether all that the window holds was admitted under the rate that is in force.
  bool is_rate_settled(std::uint32_t room, Millis every) const {
    return is_settled(rate_changed_, room, every);
  }
  bool is_count_settled(std::uint32_t room, Millis every) const {
    return is_settled(count_changed_, room, every);
  }

 private:
  using Times = std::map<std::uint32_t, LogTime>;

  bool is_settled(const Times& changed, std::uint32_t room, Millis every) const {
    const auto found = changed.find(room);
    return found == changed.end() || log_ - found->second >= every;
  }
  Millis until(std::uint64_t node) {
    if (const auto ended = ended_.find(node); ended != ended_.end()) return ended->second;
    return std::min(service_, heard_[node] + Millis(15'000));
  }

  LogTime log_{};
  bool after_gap_ = false;
  Millis service_{};
  std::map<std::uint64_t, Millis> heard_;
  std::map<std::uint64_t, std::uint64_t> places_;
  std::map<std::uint64_t, Millis> ended_;
  std::map<TicketId, Millis> signs_;
  std::map<TicketId, std::set<std::uint64_t>> streams_;
  std::map<TicketId, Millis> promised_;
  std::map<std::uint32_t, std::deque<LogTime>> admissions_;
  Times rate_changed_;
  Times count_changed_;  // of rounds
};

}  // namespace doorward::sim
