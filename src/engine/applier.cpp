#include "engine/applier.hpp"

#include "engine/snapshot.hpp"

#include <algorithm>
#include <mutex>
#include <string>
#include <utility>

namespace doorward::engine {
namespace {

constexpr std::size_t kEntriesAtOnce = 64;
constexpr Millis kReadWait{200};
// A due time closer than this might fall into a wait of the committer that has begun already.
constexpr Millis kSoon{150};
// Entries that come for longer than this under one time are no burst.
constexpr Millis kStandsStill{5'000};
constexpr Millis kFarAhead{10'000};

}  // namespace

Result<> Applier::replay() {
  while (true) {
    auto some = step(Millis(0));
    if (!some) return some.error();
    if (!*some) break;
  }
  is_live_ = true;
  begin_anew();
  return {};
}

// What follows from the state as a whole.
void Applier::begin_anew() {
  core_.set_rules(core_.state->world().rules.compiled_sets());
  core_.set_tenants(core_.state->world().tenants.all());
  const NodeTable& nodes = core_.state->world().nodes;
  if (const NodeTable::Slot own = nodes.find(core_.node); own != 0) {
    Agenda agenda = core_.agenda();
    agenda.applied_counter = std::max(agenda.applied_counter, nodes.last_counter(own));
    core_.set_agenda(std::move(agenda));
  }
  plan({}, {}, false);
}

void Applier::run() {
  while (true) {
    const bool stopping = core_.stopping;
    auto some = step(stopping ? Millis(0) : kReadWait);
    if (some && !*some && stopping) return;
    if (some) continue;
    if (stopping) return;
    if (some.error().code != Errc::unavailable) {
      core_.break_with(some.error().what);
      return give_up_waits();
    }
    core_.tell(Trouble::read_failed, some.error().what);
    core_.pause(kReadWait);
  }
}

Result<bool> Applier::step(Millis wait) {
  auto entries = core_.log.read(core_.state->applied(), kEntriesAtOnce, wait);
  if (!entries && entries.error().code == Errc::not_found) return skip(entries.error());
  if (!entries) return entries.error();
  for (ports::LogEntry& entry : *entries) {
    if (auto r = apply(entry); !r) return r.error();
  }
  return !entries->empty();
}

// This node stood still for longer than the log is kept. What it has is a true state, but of long
// ago, and nothing leads on from there.
Result<bool> Applier::skip(const Error& missed) {
  // Whoever keeps is the only one to ask for snapshots.
  if (!keeper_.claim()) return error(Errc::unavailable, missed.what);
  auto state = load_state(core_.log);
  keeper_.give_back();
  if (!state) return state.error();
  if ((*state)->applied() <= core_.state->applied())
    return error(Errc::corrupt, missed.what + "; no snapshot reaches further");
  {
    const std::lock_guard lock(core_.slices);
    core_.state.swap(*state);
  }
  since_snapshot_ = 0;
  if (!is_live_) return true;
  ++core_.skips;
  core_.tell(Trouble::skipped, missed.what);
  // What was asked before may lie in what was skipped, and nobody knows how it came out.
  answer_unavailable(core_.pending.take_all());
  give_up_waits();
  begin_anew();
  tell(everything());
  return true;
}

Changes Applier::everything() const {
  const World& world = core_.state->world();
  Changes all;
  all.tenants = true;
  world.rooms.for_each([&](const Room& room) { all.rooms.push_back(room.number); });
  world.reserved.inventories.for_each(
      [&](const InventoryState& one) { all.inventories.push_back(one.number); });
  // Tickets that were admitted or closed in between are read again with their rooms.
  all.sold_out = all.rooms;
  return all;
}

Result<> Applier::apply(ports::LogEntry& entry) {
  auto batch = decode(entry.batch);
  if (!batch) return batch.error();
  const BatchHeader header = batch->header;
  const std::size_t count = batch->commands.size();
  const bool own = header.node == core_.node;
  step_in_slices({entry.at, entry.time, std::move(*batch)}, own);
  std::vector<Outcome> outcomes = core_.state->take_outcomes();
  const Changes changes = core_.state->take_changes();
  plan(header, outcomes, own);
  if (is_live_)
    for (const std::string& tenant : changes.rules)
      core_.set_rules_of(tenant, core_.state->world().rules.compiled_of(tenant));
  if (changes.tenants && is_live_) core_.set_tenants(core_.state->world().tenants.all());
  if (own) answer(header.first_counter, std::move(outcomes));
  if (!changes.grants.empty()) end_waits(changes.grants, entry.at);
  tell(changes);
  since_snapshot_ += count;
  // In a replay nobody keeps yet, and a snapshot that waits costs a copy of what changes under it.
  if (is_live_ && since_snapshot_ >= core_.options.snapshot_every && keeper_.claim()) {
    since_snapshot_ = 0;
    keeper_.offer(Snapshot(*core_.state), core_.state->world().clock.now());
  }
  return {};
}

void Applier::step_in_slices(State::Entry entry, bool own) {
  const auto slice = [this](auto&& work) {
    const std::lock_guard lock(core_.slices);
    const Millis before = core_.clock.steady_now();
    const bool done = work();
    const auto took = (core_.clock.steady_now() - before).count();
    if (took > core_.longest_slice_ms) core_.longest_slice_ms = took;
    return done;
  };
  const auto step = [this] { return core_.state->step(); };
  bool done = slice([&] {
    core_.state->begin(std::move(entry), own);
    return step();
  });
  while (!done) done = slice(step);
}

// Before anybody is answered, so that whoever reads the agenda after an answer finds its effect.
void Applier::plan(const BatchHeader& header, const std::vector<Outcome>& outcomes, bool own) {
  const State& state = *core_.state;
  Agenda agenda = core_.agenda();
  agenda.log_time = state.world().clock.now();
  agenda.steady = core_.clock.steady_now();
  agenda.due = state.next_due();
  agenda.draw = state.draw_due();
  agenda.tickets = state.world().tickets.slab().size();
  watch_standstill(agenda);
  watch_lead(agenda);
  agenda.holds_presences = state.presences_of(core_.node) > 0;
  if (own) {
    agenda.applied_counter =
        std::max(agenda.applied_counter, header.first_counter + outcomes.size() - 1);
    // The first command of a node says that it started; it may be refused when the clocks of nodes
    // differ, and is then said again.
    const bool all_refused = std::ranges::all_of(
        outcomes, [](const Outcome& o) { return o.status == Status::refused_stale; });
    agenda.started = agenda.started || !all_refused;
  }
  const bool soon = (own && core_.in_doubt) || !agenda.started || agenda.draw ||
                    (agenda.due && *agenda.due - agenda.log_time < kSoon);
  core_.set_agenda(std::move(agenda));
  if (soon) core_.queue.wake();
}

// A log whose clock was put back (Redis keeps its ids from going back, and has no other clock).
void Applier::watch_standstill(const Agenda& agenda) {
  if (!is_live_ || !moved_at_ || agenda.log_time > moved_to_) {
    moved_to_ = agenda.log_time;
    moved_at_ = agenda.steady;
    is_standing_ = false;
    return;
  }
  if (is_standing_ || agenda.steady - *moved_at_ < kStandsStill) return;
  is_standing_ = true;
  ++core_.standstills;
  core_.tell(Trouble::time_stands, "the clock of the log was put back; set it right");
}

// What the log is judged by never goes back, so a clock that was ahead is caught up with slowly.
void Applier::watch_lead(const Agenda& agenda) {
  if (!is_live_) return;
  const Millis ahead = std::max(Millis(0), agenda.log_time - core_.clock.wall_now());
  core_.ahead_ms = ahead.count();
  if (ahead <= kFarAhead / 2) is_ahead_ = false;
  if (is_ahead_ || ahead <= kFarAhead) return;
  is_ahead_ = true;
  core_.tell(Trouble::time_ahead, std::to_string(ahead / std::chrono::seconds{1}) + " s");
}

void Applier::answer(std::uint64_t first_counter, std::vector<Outcome> outcomes) {
  for (const Pending::Waiting& waiting : core_.pending.take(first_counter, outcomes.size())) {
    Outcome& outcome = outcomes[waiting.counter - first_counter];
    if (outcome.status == Status::lock_queued) {
      waits_.emplace(outcome.lock->id, waiting.completion);
    } else {
      waiting.completion->complete(std::move(outcome));
    }
  }
}

void Applier::end_waits(const std::vector<LockGrant>& grants, const ports::LogPosition& at) {
  for (const LockGrant& grant : grants) {
    const auto [begin, end] = waits_.equal_range(grant.id);
    for (auto wait = begin; wait != end; ++wait) {
      Outcome outcome;
      const bool is_elsewhere = grant.status == Status::done && grant.node != core_.node;
      outcome.status = is_elsewhere ? Status::lock_busy : grant.status;
      outcome.at = at;
      outcome.lock = grant.view;
      wait->second->complete(std::move(outcome));
    }
    waits_.erase(begin, end);
  }
}

void Applier::give_up_waits() {
  for (const auto& [id, completion] : waits_)
    completion->complete(Outcome{Status::unavailable, std::nullopt, {}});
  waits_.clear();
}

void Applier::tell(const Changes& changes) {
  if (!changes.tickets.empty()) core_.listener.changed(changes.tickets);
  if (!changes.rooms.empty()) core_.listener.rooms_changed(changes.rooms);
  if (!changes.rules.empty() || changes.tenants) core_.listener.rules_changed();
  if (!changes.sold_out.empty()) core_.listener.sold_out_changed(changes.sold_out);
  if (!changes.inventories.empty()) core_.listener.inventories_changed(changes.inventories);
  if (!changes.units.empty()) core_.listener.units_changed(changes.units);
}

}  // namespace doorward::engine
