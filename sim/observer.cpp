#include "observer.hpp"

#include "base/permutation.hpp"
#include "engine/digest.hpp"
#include "engine/read.hpp"

#include <algorithm>
#include <utility>

namespace doorward::sim {

using engine::Queue;
using room::TicketState;

void Observer::fail(std::string what) {
  if (!failure_) failure_ = std::move(what);
}

std::optional<std::string> Observer::after(const engine::State& state, const engine::Batch& batch,
                                           const std::vector<engine::Outcome>& outcomes,
                                           LogTime time, bool with_positions) {
  world_ = &state.world();
  ledger_.advance(time);
  if (time - batch.header.written_at <= Millis(30'000)) ledger_.heard(batch.header.node);
  before_ = std::exchange(now_, {});
  acted_.clear();
  waited_.clear();
  stream_ended_.clear();
  former_.clear();
  former_silence_since_.clear();
  scan(with_positions);
  follow(batch, outcomes);
  check_changes();
  check_order();
  if (with_positions) check_positions();
  check_rooms();
  check_rules();
  check_tickets();
  if (auto what = market_.after(*world_, batch, outcomes, ledger_.service())) fail(*what);
  return failure_;
}

void Observer::scan(bool with_positions) {
  world_->tickets.slab().for_each([&](std::uint32_t index, const engine::Ticket& raw) {
    Ticket& seen = now_[raw.id];
    seen.raw = raw;
    if (with_positions) seen.position = engine::view_of(*world_, index).position;
    // A late retry of a join, whose ticket was forgotten in this entry, begins a new life.
    const auto before = before_.find(raw.id);
    const bool is_reborn =
        before != before_.end() && before->second.raw.joined_at() < raw.joined_at();
    if (is_reborn) before_.erase(before);
  });
}

// Takes over into the own account what the commands did by their outcomes.
void Observer::follow(const engine::Batch& batch, const std::vector<engine::Outcome>& outcomes) {
  for (std::size_t i = 0; i < batch.commands.size(); ++i) {
    const engine::Outcome& outcome = outcomes[i];
    const engine::Command& command = batch.commands[i];
    const bool took_effect =
        outcome.status == engine::Status::done || outcome.status == engine::Status::already;
    if (!took_effect) continue;
    const bool waits = outcome.ticket && outcome.ticket->state == TicketState::waiting;
    if (waits) waited_.insert(outcome.ticket->id);
    if (const auto* join = std::get_if<engine::Join>(&command)) follow_join(*join, outcome);
    if (const auto* draw = std::get_if<engine::Draw>(&command)) {
      if (outcome.status == engine::Status::done) redraw(*draw);
    }
    if (const auto* set = std::get_if<engine::SetRoom>(&command))
      follow_policy(set->room, set->policy);
    if (const auto* change = std::get_if<engine::ChangeRoom>(&command)) follow_change(*change);
    if (const auto* gone = std::get_if<engine::RemoveRoom>(&command)) follow_removal(*gone);
    follow_rules(command);
    if (const auto* start = std::get_if<engine::NodeStarted>(&command)) {
      ledger_.started(batch.header.node, start->place);
    }
    if (const auto* touch = std::get_if<engine::Touch>(&command)) {
      ledger_.sign(touch->ticket);
      acted_.emplace(touch->ticket, false);
    }
    if (const auto* start = std::get_if<engine::PresenceStart>(&command)) {
      ledger_.sign(start->ticket);
      acted_.emplace(start->ticket, false);
      if (waits) ledger_.stream(start->ticket, batch.header.node);
    }
    if (const auto* end = std::get_if<engine::PresenceEnd>(&command)) {
      ledger_.stream_ended(end->ticket, batch.header.node);
      stream_ended_.insert(end->ticket);
    }
  }
}

void Observer::follow_join(const engine::Join& join, const engine::Outcome& outcome) {
  const TicketId& id = outcome.ticket->id;
  const bool is_retry = outcome.status == engine::Status::already && join.ticket == id;
  if (is_retry) return;
  ledger_.sign(id);
  const auto* room = world_->rooms.find(join.room);
  const bool to_back = outcome.status == engine::Status::already && room != nullptr &&
                       room->policy.rejoin == room::Rejoin::to_back &&
                       outcome.ticket->state == TicketState::waiting;
  acted_[id] = acted_[id] || to_back;
  const bool is_new = outcome.status == engine::Status::done;
  if (is_new || to_back) line_up(id);
}

void Observer::follow_change(const engine::ChangeRoom& change) {
  const auto* room = world_->rooms.find(change.room);
  if (policies_.at(room->number) != change.before)
    fail("change: the policy of room " + change.room + " was another");
  follow_policy(change.room, change.policy);
}

bool Observer::asks_for_more_signs(const room::Policy& former, const room::Policy& policy) const {
  const auto silence = policy.liveness_silence;
  if (!silence || !world_->has_fourth_rules()) return false;
  const bool presence_was_enough = former.present_only && !policy.present_only;
  return silence < former.liveness_silence.value_or(Millis::max()) ||
         (presence_was_enough && world_->has_fifth_rules());
}

void Observer::follow_policy(const std::string& name, const room::Policy& policy) {
  const auto* room = world_->rooms.find(name);
  numbers_[name] = room->number;
  const auto known = policies_.find(room->number);
  if (known != policies_.end()) {
    former_[room->number] = known->second;
    former_silence_since_[room->number] = silence_since_[room->number];
  }
  const auto rate = known == policies_.end() ? std::nullopt : known->second.admit;
  if (rate != policy.admit) ledger_.rate_changed(room->number, rate);
  if (rate && policy.admit && rate->rounds && rate->count != policy.admit->count)
    ledger_.round_count_changed(room->number);
  if (asks_for_more_signs(known == policies_.end() ? room::Policy{} : known->second, policy))
    silence_since_[room->number] = world_->clock.service_now();
  policies_[room->number] = policy;
  if (policy.present_only) asked_presence_.insert(room->number);
}

void Observer::follow_removal(const engine::RemoveRoom& gone) {
  const auto found = numbers_.find(gone.room);
  if (found == numbers_.end()) return;
  const std::uint32_t number = found->second;
  if (engine::is_another(gone.seen, &policies_.at(number)))
    fail("removal: the policy of room " + gone.room + " was another");
  numbers_.erase(found);
  beat_since_.erase(number);
  shut_.erase(number);
  policies_.erase(number);
  former_.erase(number);
  former_silence_since_.erase(number);
  asked_presence_.erase(number);
  silence_since_.erase(number);
  counted_.erase(number);
  sold_out_.erase(number);
  ledger_.removed(number);
}

void Observer::follow_rules(const engine::Command& command) {
  const auto check = [this](const std::string& name, const std::optional<engine::Digest>& seen) {
    const auto known = rules_.find(name);
    if (engine::is_another(seen, known == rules_.end() ? nullptr : &known->second))
      fail("change: rule " + name + " was another");
  };
  if (const auto* set = std::get_if<engine::SetRule>(&command)) {
    check(set->rule.name, set->seen);
    rules_[set->rule.name] = set->rule;
  }
  if (const auto* gone = std::get_if<engine::RemoveRule>(&command)) {
    check(gone->rule, gone->seen);
    rules_.erase(gone->rule);
  }
}

// At the end of its lane, wherever it stood.
void Observer::line_up(const TicketId& id) {
  const auto found = now_.find(id);
  if (found == now_.end()) return;
  Places& places = front_[found->second.key()];
  std::erase(places, id);
  std::erase(returners_[found->second.key()], id);
  places.push_back(id);
  shown_.erase(id);
}

void Observer::redraw(const engine::Draw& draw) {
  const auto* room = world_->rooms.find(draw.room);
  for (auto& [key, places] : front_) {
    if (key.room != room->number) continue;
    // Whose time ran out before the same record takes no part.
    std::erase_if(places, [&](const TicketId& id) {
      const auto found = now_.find(id);
      return found == now_.end() || found->second.raw.is(TicketState::closed);
    });
    if (places.empty()) continue;
    const SipKey seed{.lo = draw.seed_lo + key.lane, .hi = draw.seed_hi};
    const Permutation place_of(seed, places.size());
    Places drawn(places.size());
    for (std::size_t i = 0; i < places.size(); ++i) drawn[place_of(i)] = places[i];
    places = std::move(drawn);
    for (const TicketId& id : places) shown_.erase(id);
  }
}

void Observer::drop_gone(std::map<LaneKey, Places>& lines, Queue queue) {
  for (auto& [key, places] : lines) {
    std::erase_if(places, [&](const TicketId& id) {
      const auto found = now_.find(id);
      return found == now_.end() || !found->second.waits_in(queue);
    });
  }
}

// Nobody was admitted while somebody stood before them in the same line and still does.
void Observer::check_overtaking(const LaneKey& key, const Places& places) {
  const TicketId* stayed = nullptr;
  const auto* room = world_->rooms.at(key.room);
  const bool only_here = room != nullptr && asks_for_presence(*room);
  for (const TicketId& id : places) {
    const auto found = now_.find(id);
    if (found == now_.end()) continue;
    const Ticket& ticket = found->second;
    const auto before = before_.find(id);
    const bool came_back = before != before_.end() && before->second.is_waiting() &&
                           before->second.raw.queue() != Queue::front;
    const bool counts = !only_here || was_here_throughout(id, ticket);
    if (ticket.waits_in(Queue::front) && counts && !stayed) stayed = &id;
    if (ticket.raw.is(TicketState::admitted) && stayed && !came_back) {
      fail("order: " + to_string(id) + " entered before " + to_string(*stayed) + " in lane " +
           std::to_string(key.lane) + " of room " + std::to_string(key.room));
    }
  }
}

void Observer::check_order() {
  for (const auto& [key, places] : front_) check_overtaking(key, places);
  drop_gone(front_, Queue::front);
  drop_gone(returners_, Queue::returners);
  // Who came back lines up behind the other returners; several in one entry by their places.
  std::vector<const Ticket*> returned;
  for (const auto& [id, ticket] : now_) {
    const bool is_known = std::ranges::count(returners_[ticket.key()], id) > 0;
    if (ticket.waits_in(Queue::returners) && !is_known) returned.push_back(&ticket);
  }
  std::ranges::sort(returned, {}, [](const Ticket* t) { return t->raw.place; });
  for (const Ticket* ticket : returned) returners_[ticket->key()].push_back(ticket->raw.id);
}

}  // namespace doorward::sim
