// What must hold after every entry.
#include "observer.hpp"

#include "core/room/session.hpp"

#include <set>

namespace doorward::sim {

using engine::Queue;
using room::CloseReason;
using room::TicketState;

namespace {

bool expired(CloseReason reason) {
  return reason == CloseReason::session_expired || reason == CloseReason::claim_expired;
}

Millis promised(const room::Policy& policy, const engine::Ticket& ticket) {
  return ticket.claimed || !policy.claim_ttl ? policy.session_ttl : *policy.claim_ttl;
}

}  // namespace

// What happened first in an entry happened under the policy before it.
const room::Policy& Observer::former_of(const engine::Room& room) const {
  const auto found = former_.find(room.number);
  return found == former_.end() ? room.policy : found->second;
}

Millis Observer::promise_of(const engine::Room& room, const engine::Ticket& ticket) const {
  return std::min(promised(room.policy, ticket), promised(former_of(room), ticket));
}

bool Observer::asks_for_presence(const engine::Room& room) const {
  return room.policy.present_only || former_of(room).present_only;
}

bool Observer::was_here_throughout(const TicketId& id, const Ticket& now) {
  const auto before = before_.find(id);
  return before != before_.end() && before->second.raw.node != 0 && now.raw.node != 0 &&
         !acted_.contains(id) && ledger_.is_here(id);
}

bool Observer::is_silent(const room::Policy& policy, ServiceTime asked_at, const TicketId& id) {
  if (!policy.liveness_silence) return false;
  const Millis asked_for = world_->clock.service_now() - asked_at;
  return std::min(ledger_.silent_for(id), asked_for) > *policy.liveness_silence;
}

// By the policy in force, and by the one that it has in this entry taken the place of.
bool Observer::is_silent(const engine::Room& room, const TicketId& id) {
  const auto asked = silence_since_.find(room.number);
  return is_silent(room.policy, asked == silence_since_.end() ? ServiceTime{} : asked->second, id);
}
bool Observer::was_silent(const engine::Room& room, const TicketId& id) {
  const auto former = former_silence_since_.find(room.number);
  if (former == former_silence_since_.end()) return is_silent(room, id);
  return is_silent(former_of(room), former->second, id);
}

void Observer::check_changes() {
  for (const auto& [id, now] : now_) {
    const auto found = before_.find(id);
    const Ticket* before = found == before_.end() ? nullptr : &found->second;
    const bool was_inside = before && before->raw.is(TicketState::admitted);
    // Some enter and leave within one entry.
    const bool entered = now.raw.was_admitted() && !(before && before->raw.was_admitted());
    if (entered) check_admission(id, now, before);
    if (before && before->raw.is(TicketState::closed) && now.raw != before->raw) {
      fail("closed: ticket " + to_string(id) + " changed after its end");
    }
    const bool passed = now.waits_in(Queue::aside) && before && !before->waits_in(Queue::aside);
    const auto* room = world_->rooms.at(static_cast<std::uint32_t>(now.raw.room));
    // A room of `present_only` forgets the streams of a node that was not heard for its lease, and
    // does not take them up again when the node is back.
    const bool forgot =
        before && before->raw.node == 0 && room && asked_presence_.contains(room->number);
    if (passed && room && !forgot && !is_silent(*room, id) && !was_silent(*room, id)) {
      fail("liveness: " + to_string(id) + " was passed over, but is there");
    }
    const bool ended = now.raw.is(TicketState::closed) && expired(now.raw.reason());
    if (was_inside && ended && ledger_.is_promised(id)) {
      fail("session: " + to_string(id) + " was cut short");
    }
    // A use that was logged promises anew; an arrival, even less than the claim did.
    const bool used = was_inside && now.raw.is(TicketState::admitted) &&
                      (now.raw.deadline_bits > before->raw.deadline_bits ||
                       now.raw.claimed != before->raw.claimed);
    if (used && room) ledger_.promise(id, promise_of(*room, now.raw));
  }
}

void Observer::check_admission(const TicketId& id, const Ticket& now, const Ticket* before) {
  const auto* room = world_->rooms.at(static_cast<std::uint32_t>(now.raw.room));
  if (room == nullptr) return;
  ledger_.promise(id, promise_of(*room, now.raw));
  if (now.raw.uncounted) return;
  // Whoever entered before this entry set the first rate does not count towards it.
  if (former_of(*room).admit) ledger_.admitted(room->number);
  const room::Policy& former = former_of(*room);
  const auto is_above = [&](const room::Policy& policy) {
    return policy.capacity && room->counted > *policy.capacity;
  };
  if (is_above(room->policy) && is_above(former)) {
    fail("capacity: room " + room->name + " let " + to_string(id) + " in above its capacity");
  }
  const auto is_too_fast = [&](const room::Policy& policy) {
    const auto& rate = policy.admit;
    // The beat of rounds goes on over a change of their count.
    if (rate && rate->rounds && !ledger_.is_count_settled(room->number, rate->every)) return false;
    // Of two rounds the first may have come late.
    const std::uint32_t most = rate ? rate->count * (rate->rounds ? 2 : 1) : 0;
    return rate && ledger_.admitted_within(room->number, rate->every) > most;
  };
  if (is_too_fast(room->policy) && is_too_fast(former)) {
    fail("rate: room " + room->name + " let " + to_string(id) + " in above its rate");
  }
  check_round(*room, id);
  const bool waited = before && before->is_waiting() && !acted_.contains(id);
  const bool was_here = ledger_.is_here(id) || stream_ended_.contains(id);
  if (waited && room->policy.present_only && former.present_only && !was_here) {
    fail("presence: " + to_string(id) + " was let in, but is not here");
  }
  if (waited && is_silent(*room, id) && was_silent(*room, id)) {
    fail("liveness: " + to_string(id) + " was let in, but is not there");
  }
}

void Observer::check_round(const engine::Room& room, const TicketId& id) {
  const room::Policy& former = former_of(room);
  if (!room.has_rounds() || !former.admit || !former.admit->rounds) return;
  if (waited_.contains(id)) fail("rounds: " + to_string(id) + " was let in between two rounds");
  const std::uint32_t count = std::max(room.policy.admit->count, former.admit->count);
  if (ledger_.admitted_within(room.number, Millis(1)) > count) {
    fail("rounds: room " + room.name + " let too many in at once");
  }
}

void Observer::check_rules() {
  std::size_t count = 0;
  world_->rules.for_each([&](const limit::RuleEntry& entry) {
    ++count;
    const auto known = rules_.find(entry.rule.name);
    if (known == rules_.end() || known->second != entry.rule) {
      fail("rules: " + entry.rule.name + " is not as it was set last");
    }
  });
  if (count != rules_.size()) fail("rules: one is missing");
}

void Observer::check_positions() {
  const auto expect = [&](const TicketId& id, std::size_t position) {
    const Ticket& ticket = now_.at(id);
    const auto* room = world_->rooms.at(ticket.key().room);
    if (room->awaits_draw()) {
      if (ticket.position) fail("position: " + to_string(id) + " has one before the draw");
      shown_.erase(id);
      return;
    }
    if (ticket.position != position) {
      fail("position: " + to_string(id) + " is not " + std::to_string(position));
    }
    const auto shown = shown_.find(id);
    if (shown != shown_.end() && position > shown->second) {
      fail("position: that of " + to_string(id) + " rose to " + std::to_string(position));
    }
    shown_[id] = static_cast<std::uint32_t>(position);
  };
  for (const auto& [key, places] : front_) {
    for (std::size_t i = 0; i < places.size(); ++i) expect(places[i], i + 1);
  }
  for (const auto& [id, ticket] : now_) {
    if (!ticket.waits_in(Queue::front)) shown_.erase(id);
    if (ticket.waits_in(Queue::aside) && ticket.position) {
      fail("position: " + to_string(id) + " has one though passed over");
    }
  }
}

void Observer::check_rooms() {
  world_->rooms.for_each([&](const engine::Room& room) {
    std::uint32_t inside = 0;
    std::uint32_t counted = 0;
    std::uint32_t waiting = 0;
    bool ready = false;
    for (const auto& [id, ticket] : now_) {
      if (ticket.key().room != room.number) continue;
      const bool is_in = ticket.raw.is(TicketState::admitted);
      inside += is_in ? 1 : 0;
      counted += is_in && !ticket.raw.uncounted ? 1 : 0;
      waiting += ticket.is_waiting() ? 1 : 0;
      ready = ready || could_enter(room, id, ticket);
    }
    if (room.inside != inside || room.counted != counted || room.waiting != waiting) {
      fail("counts: those of room " + room.name + " are wrong");
    }
    const bool stays_sold_out =
        room.sold_out && sold_out_.contains(room.number) && !former_.contains(room.number);
    if (stays_sold_out && room.mode != room::Mode::bypass && counted > counted_[room.number]) {
      fail("sold out: room " + room.name + " let somebody in");
    }
    counted_[room.number] = counted;
    sold_out_.erase(room.number);
    const auto* stock =
        room.tied_to.empty() ? nullptr : world_->reserved.inventories.find(room.tied_to);
    if (room.sold_out && stock != nullptr && !stock->reopens) sold_out_.insert(room.number);
    if (room.mode == room::Mode::closed && waiting > 0) {
      fail("closed: room " + room.name + " keeps waiters");
    }
    if (room.has_rounds() && room.mode != room::Mode::bypass) return check_beat(room, counted);
    const auto& rate = room.policy.admit;
    const bool rate_allows = room.mode == room::Mode::bypass || !rate ||
                             (ledger_.is_rate_settled(room.number, rate->every) &&
                              ledger_.admitted_within(room.number, rate->every) < rate->count);
    if (ready && lets_in(room, counted) && rate_allows) {
      fail("refill: room " + room.name + " keeps waiters though it has room");
    }
  });
}

bool Observer::could_enter(const engine::Room& room, const TicketId& id, const Ticket& ticket) {
  if (!ticket.waits_in(Queue::front) && !ticket.waits_in(Queue::returners)) return false;
  const bool only_here = room.policy.present_only && room.mode != room::Mode::bypass;
  return !only_here || (ticket.raw.node != 0 && ledger_.is_here(id));
}

bool Observer::lets_in(const engine::Room& room, std::uint32_t counted) const {
  if (room.mode == room::Mode::bypass) return true;
  std::optional<std::uint32_t> left;
  const auto* sells =
      room.tied_to.empty() ? nullptr : world_->reserved.inventories.find(room.tied_to);
  if (sells != nullptr) left = sells->map->units() - sells->taken.confirmed;
  const auto capacity = room::effective_capacity(room.policy, left, world_->has_second_rules());
  const bool free = (!capacity || counted < *capacity) && !room.sold_out;
  return room.mode == room::Mode::open && !room.awaits_draw() && free;
}

// Whoever could enter for a whole beat in which a slot was free saw somebody enter.
void Observer::check_beat(const engine::Room& room, std::uint32_t counted) {
  const LogTime now = ledger_.log();
  const bool was_shut = shut_.contains(room.number);
  const bool is_shut = !lets_in(room, counted);
  const bool begins = was_shut || is_shut || former_.contains(room.number) ||
                      ledger_.is_after_gap() || ledger_.admitted_within(room.number, Millis(1)) > 0;
  LogTime& since = beat_since_[room.number];
  if (begins) since = now;
  if (is_shut) {
    shut_.insert(room.number);
  } else {
    shut_.erase(room.number);
  }
  for (const auto& [id, ticket] : now_) {
    if (ticket.key().room != room.number) continue;
    if (!could_enter(room, id, ticket)) {
      ready_since_.erase(id);
      continue;
    }
    LogTime& ready = ready_since_.try_emplace(id, now).first->second;
    if (acted_.contains(id)) ready = now;
    if (now - std::max(since, ready) >= room.policy.admit->every) {
      fail("rounds: room " + room.name + " lets nobody in though it has room");
    }
  }
}

void Observer::check_tickets() {
  std::set<std::pair<std::uint32_t, SubjectKey>> subjects;
  const ServiceTime now = world_->clock.service_now();
  for (const auto& [id, ticket] : now_) {
    if (ticket.raw.deadline_bits != 0 && ticket.raw.deadline() <= now) {
      fail("deadline: that of " + to_string(id) + " passed and nothing happened");
    }
    if (ticket.raw.is(TicketState::closed)) {
      ledger_.forget(id);
      continue;
    }
    if (!subjects.emplace(ticket.key().room, ticket.raw.subject).second) {
      fail("subject: " + to_string(ticket.raw.subject) + " has two places");
    }
  }
}

}  // namespace doorward::sim
