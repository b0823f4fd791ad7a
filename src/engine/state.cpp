#include "engine/state.hpp"

#include "engine/admission.hpp"
#include "engine/hold_view.hpp"
#include "engine/lifecycle.hpp"
#include "engine/read.hpp"
#include "engine/reservations.hpp"

#include <algorithm>
#include <utility>

namespace doorward::engine {
namespace {

// While anything is pending an entry comes at least this often: well below the advance of 5 s from
// which on a pause counts as a gap.
constexpr Millis kHeartbeat{2'000};

}  // namespace

State::State() : world_(std::make_unique<World>()) {}

State::State(std::unique_ptr<World> world, ports::LogPosition applied)
    : world_(std::move(world)), applied_(applied) {}

void State::begin(Entry entry, bool want_outcomes) {
  entry_ = std::move(entry);
  want_outcomes_ = want_outcomes;
  outcomes_.clear();
  if (want_outcomes_) outcomes_.reserve(entry_.batch.commands.size());
  next_ = 0;
  advance();
}

// Order matters: what was held and is free again comes first, since rooms depend on it; a room that
// closes by its time admits nobody into a slot that frees at the same record, whichever came first;
// so rooms come next, then tickets, then admissions.
void State::advance() {
  const BatchHeader& header = entry_.batch.header;
  const Millis gaps = world_->clock.gaps();
  world_->clock.advance(std::min(entry_.time, LogTime(Millis(Ticket::kMaxMillis))));
  world_->after_gap = world_->clock.gaps() > gaps;
  const LogTime now = world_->clock.now();
  stale_ = now - header.written_at > NodeTable::kStaleAfter;
  if (!stale_) {
    node_ = world_->nodes.heard({header.node, header.written_at, now, world_->clock.service_now()});
  }
  world_->rooms.mark_woken(now);
  phase_ = Phase::reserved;
}

bool State::step(std::uint32_t tickets) {
  Budget budget{tickets};
  while (phase_ != Phase::done) {
    if (!do_phase(budget)) return false;
  }
  return true;
}

// One phase, or as much of it as the budget allows; false if that ran out.
bool State::do_phase(Budget& budget) {
  switch (phase_) {
    case Phase::done: return true;
    case Phase::reserved:
      if (!fall_due_reserved(*world_, budget)) return false;
      phase_ = Phase::rooms;
      return true;
    case Phase::rooms:
      if (!settle_all(budget)) return false;
      phase_ = Phase::deadlines;
      return true;
    case Phase::deadlines:
      if (!fall_due_some(budget)) return false;
      phase_ = Phase::settle;
      return true;
    case Phase::settle:
      if (!settle_all(budget)) return false;
      close_rounds(*world_);
      phase_ = Phase::command;
      return true;
    case Phase::command:
      if (!budget.take()) return false;
      run_command();
      return true;
    case Phase::finish_command:
      if (!settle_reserved(*world_, budget)) return false;
      if (!settle_all(budget)) return false;
      finish_command();
      return true;
  }
  return true;
}

bool State::fall_due_some(Budget& budget) {
  const ServiceTime now = world_->clock.service_now();
  while (budget.left > 0) {
    const auto ticket = world_->tickets.pop_due(now);
    if (!ticket) return true;
    budget.take();
    fall_due(*world_, *ticket);
  }
  return false;
}

bool State::settle_all(Budget& budget) {
  while (Room* room = world_->rooms.first_marked()) {
    if (!settle(*world_, *room, budget)) return false;
  }
  return true;
}

void State::run_command() {
  const std::vector<Command>& commands = entry_.batch.commands;
  if (next_ == commands.size()) {
    applied_ = entry_.at;
    phase_ = Phase::done;
    return;
  }
  const std::uint64_t counter = entry_.batch.header.first_counter + next_;
  done_ = Done{Status::refused_stale, std::nullopt};
  if (!stale_ && world_->nodes.take(node_, counter)) {
    done_ = execute(*world_, node_, commands[next_]);
  }
  phase_ = Phase::finish_command;
}

void State::finish_command() {
  if (want_outcomes_) {
    Outcome& outcome = outcomes_.emplace_back();
    outcome.status = done_.status;
    outcome.at = entry_.at;
    if (done_.ticket) outcome.ticket = view_of(*world_, *done_.ticket);
    if (done_.hold) outcome.hold = view_of_hold(*world_, *done_.hold);
    outcome.lock = done_.lock;
    outcome.taken = std::move(done_.taken);
  }
  ++next_;
  phase_ = Phase::command;
}

std::vector<Outcome> State::apply(Entry entry) {
  begin(std::move(entry), true);
  while (!step()) {
  }
  return take_outcomes();
}

std::vector<Outcome> State::take_outcomes() { return std::exchange(outcomes_, {}); }

Changes State::take_changes() {
  Changes changes = std::exchange(world_->changes, {});
  std::ranges::sort(changes.rooms);
  changes.rooms.erase(std::unique(changes.rooms.begin(), changes.rooms.end()), changes.rooms.end());
  std::ranges::sort(changes.inventories);
  auto& inventories = changes.inventories;
  inventories.erase(std::unique(inventories.begin(), inventories.end()), inventories.end());
  return changes;
}

std::optional<LogTime> State::next_due() const {
  const EngineClock& clock = world_->clock;
  std::optional<LogTime> due = world_->rooms.first_wake();
  const auto earlier = [&due](LogTime t) { due = due ? std::min(*due, t) : t; };
  if (const auto first = world_->tickets.first_deadline()) {
    earlier(std::min(clock.shown(*first), clock.now() + kHeartbeat));
  }
  if (const auto first = next_due_reserved(*world_)) {
    earlier(std::min(clock.shown(*first), clock.now() + kHeartbeat));
  }
  // A waiter has no deadline, yet its silence is measured, and a round must not be taken for late.
  if (world_->rooms.any_listens()) earlier(clock.now() + kHeartbeat);
  return due;
}

std::uint32_t State::presences_of(std::uint64_t node) const {
  const NodeTable::Slot slot = world_->nodes.find(node);
  return slot == 0 ? 0 : world_->nodes.tickets(slot);
}

std::optional<std::string> State::draw_due() const {
  const Room* room = world_->rooms.to_draw(world_->clock.now());
  return room == nullptr ? std::nullopt : std::optional(room->name);
}

}  // namespace doorward::engine
