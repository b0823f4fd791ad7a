// Watches a state from outside and says when it breaks a promise.
//
// Why:     an independent, slow account of the rules: lists instead of bitmaps, sums instead of
//          trees, its own service time. What it finds is a sentence, or nothing.
#pragma once

#include "engine/state.hpp"
#include "ledger.hpp"
#include "market.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace doorward::sim {

class Observer {
 public:
  // After an entry was applied. `with_positions`: compare every position with a brute-force rank.
  std::optional<std::string> after(const engine::State& state, const engine::Batch& batch,
                                   const std::vector<engine::Outcome>& outcomes, LogTime time,
                                   bool with_positions);

 private:
  using Places = std::vector<TicketId>;
  struct LaneKey {
    std::uint32_t room = 0;
    std::uint32_t lane = 0;
    friend auto operator<=>(const LaneKey&, const LaneKey&) = default;
  };
  struct Ticket {
    engine::Ticket raw;
    std::optional<std::uint32_t> position;
    bool is_waiting() const { return raw.is(room::TicketState::waiting); }
    bool waits_in(engine::Queue queue) const { return is_waiting() && raw.queue() == queue; }
    LaneKey key() const {
      return {static_cast<std::uint32_t>(raw.room), static_cast<std::uint32_t>(raw.lane)};
    }
  };
  using Tickets = std::map<TicketId, Ticket>;

  void scan(bool with_positions);
  void follow(const engine::Batch& batch, const std::vector<engine::Outcome>& outcomes);
  void follow_join(const engine::Join& join, const engine::Outcome& outcome);
  void follow_change(const engine::ChangeRoom& change);
  bool asks_for_more_signs(const room::Policy& former, const room::Policy& policy) const;
  void follow_policy(const std::string& name, const room::Policy& policy);
  void follow_removal(const engine::RemoveRoom& gone);
  void follow_rules(const engine::Command& command);
  void redraw(const engine::Draw& draw);
  void line_up(const TicketId& id);
  void fail(std::string what);

  void check_order();
  void check_overtaking(const LaneKey& key, const Places& places);
  void check_changes();
  void check_admission(const TicketId& id, const Ticket& now, const Ticket* before);
  void check_round(const engine::Room& room, const TicketId& id);
  bool asks_for_presence(const engine::Room& room) const;
  bool was_here_throughout(const TicketId& id, const Ticket& now);
  const room::Policy& former_of(const engine::Room& room) const;
  Millis promise_of(const engine::Room& room, const engine::Ticket& ticket) const;
  bool is_silent(const room::Policy& policy, ServiceTime asked_at, const TicketId& id);
  bool is_silent(const engine::Room& room, const TicketId& id);
  bool was_silent(const engine::Room& room, const TicketId& id);
  void check_positions();
  void check_rooms();
  bool could_enter(const engine::Room& room, const TicketId& id, const Ticket& ticket);
  bool lets_in(const engine::Room& room, std::uint32_t counted) const;
  void check_beat(const engine::Room& room, std::uint32_t counted);
  void check_rules();
  void check_tickets();
  void drop_gone(std::map<LaneKey, Places>& lines, engine::Queue queue);

  const engine::World* world_ = nullptr;
  Tickets before_;
  Tickets now_;
  std::map<LaneKey, Places> front_;
  std::map<LaneKey, Places> returners_;
  std::map<TicketId, std::uint32_t> shown_;  // positions shown last
  std::map<TicketId, bool> acted_;           // in this entry; true: moved itself to the back
  std::set<TicketId> waited_;                // after a command of this entry
  std::set<TicketId> stream_ended_;          // in this entry
  std::map<TicketId, LogTime> ready_since_;  // in rooms with rounds
  std::map<std::uint32_t, LogTime> beat_since_;
  std::set<std::uint32_t> shut_;  // rooms with rounds that let nobody in after the last entry
  std::map<std::string, std::uint32_t> numbers_;  // of rooms, which are given again
  std::map<std::uint32_t, room::Policy> policies_;
  std::map<std::uint32_t, room::Policy> former_;        // where it was changed in this entry
  std::map<std::uint32_t, ServiceTime> silence_since_;  // when it was asked for, or more often
  std::map<std::uint32_t, ServiceTime> former_silence_since_;  // as former_
  std::set<std::uint32_t> asked_presence_;  // rooms that were of `present_only` at some time
  std::map<std::string, limit::Rule> rules_;
  std::map<std::uint32_t, std::uint32_t> counted_;  // inside a room after the last entry
  std::set<std::uint32_t> sold_out_;                // rooms that would stay so, by then
  Ledger ledger_;
  Market market_;
  std::optional<std::string> failure_;
};

}  // namespace doorward::sim
