#include "shard_run.hpp"

#include "engine/admission.hpp"
#include "engine/shard_parts.hpp"
#include "engine/tenancy.hpp"
#include "ports/memory/fake_clock.hpp"
#include "ports/memory/seeded_entropy.hpp"
#include "script.hpp"
#include "shadow.hpp"

#include <algorithm>
#include <cstdio>
#include <deque>
#include <memory>
#include <set>
#include <utility>
#include <vector>

namespace doorward::sim {
namespace {

using engine::Command;
using engine::Status;
using ports::MemoryLog;

constexpr Millis kNoWait{0};
constexpr int kLastRounds = 400;

class Deaf final : public engine::Listener {
 public:
  void changed(std::span<const engine::TicketHandle>) override {}
  void rooms_changed(std::span<const std::uint32_t>) override {}
};

struct Member;

// Whoever waits for one command.
struct Client final : engine::Completion {
  Client(Command asked, const Member* at, ports::LogPosition when)
      : command(std::move(asked)), member(at), asked_at(when) {}
  virtual ~Client() = default;
  void complete(engine::Outcome answer) override {
    ++answers;
    outcome = std::move(answer);
  }
  Command command;
  const Member* member;
  ports::LogPosition asked_at;  // the end of the log then
  engine::Outcome outcome;
  int answers = 0;
  bool is_judged = false;
  bool is_lost = false;  // its node crashed
};

// One node. A crash drops its parts; the next life has a log of its own over the same store.
struct Member {
  std::unique_ptr<MemoryLog> log;
  std::unique_ptr<engine::ShardParts> parts;
  std::vector<Client*> clients;  // of this life
};

bool is_of_operator(const Command& command) {
  return std::holds_alternative<engine::SetRoom>(command) ||
         std::holds_alternative<engine::ChangeRoom>(command) ||
         std::holds_alternative<engine::RemoveRoom>(command) ||
         std::holds_alternative<engine::Draw>(command);
}

// Never written, since the state of the moment refused it.
bool is_refused_at_door(const Client& client) {
  constexpr Status kRefusals[] = {
      Status::no_such_room,   Status::no_such_lane, Status::room_closed,  Status::room_full,
      Status::tenant_full,    Status::sold_out,     Status::no_such_unit, Status::no_such_inventory,
      Status::too_many_units, Status::subject_limit};
  const bool is_asked = std::holds_alternative<engine::Join>(client.command) ||
                        std::holds_alternative<engine::Hold>(client.command);
  return is_asked && client.outcome.at == ports::LogPosition{} &&
         std::ranges::find(kRefusals, client.outcome.status) != std::end(kRefusals);
}

// Why a state lets somebody not in, told apart from the door.
bool refuses(const engine::World& world, const engine::Join& c, Status why) {
  const engine::Room* room = world.rooms.find(c.room);
  if (room == nullptr || why == Status::no_such_room)
    return room == nullptr && why == Status::no_such_room;
  if (world.tickets.find(c.ticket) || world.tickets.find(room->number, c.subject)) return false;
  if (why == Status::no_such_lane) return !room->find_lane(c.lane);
  if (why == Status::room_closed) return room->mode == room::Mode::closed;
  if (why == Status::sold_out) return room->sold_out && room->mode != room::Mode::bypass;
  const bool may_enter =
      !room->asks_for_presence() && !room->has_candidates() && engine::lets_in(world, *room);
  if (may_enter) return false;
  if (why == Status::room_full) return room->waiting >= room->policy.max_waiting;
  return why == Status::tenant_full && !engine::may_wait(world, *room);
}

bool refuses(const engine::World& world, const engine::Hold& c, Status why) {
  const engine::InventoryState* inventory = world.reserved.inventories.find(c.inventory);
  if (inventory == nullptr || why == Status::no_such_inventory)
    return inventory == nullptr && why == Status::no_such_inventory;
  if (world.reserved.holds.find(c.hold)) return false;
  const reserve::Inventory& spec = inventory->map->inventory();
  const std::size_t wanted = c.units.empty() ? c.count : c.units.size();
  if (why == Status::no_such_unit) {
    const auto is_unknown = [&](const std::string& unit) { return !inventory->map->find(unit); };
    const bool is_twice = std::set(c.units.begin(), c.units.end()).size() < c.units.size();
    return spec.is_map() == c.units.empty() || is_twice || std::ranges::any_of(c.units, is_unknown);
  }
  if (why == Status::sold_out) return inventory->available() == 0;
  if (why == Status::too_many_units) return wanted > spec.max_per_hold;
  const std::uint32_t before = world.reserved.holds.account(inventory->number, c.subject);
  return why == Status::subject_limit && spec.max_per_subject &&
         before + wanted > *spec.max_per_subject;
}

class ShardHistory {
 public:
  ShardHistory(std::uint64_t seed, bool is_told)
      : script_(seed), entropy_(seed), is_told_(is_told), members_(random().below(2) + 1) {}

  Report run() {
    for (Member& member : members_) start(member);
    const std::uint64_t turns = 100 + random().below(400);
    for (std::uint64_t i = 0; i < turns && !report_.failure; ++i) turn();
    if (!report_.failure) end();
    report_.entries = shadow_.entries();
    return report_;
  }

 private:
  Random& random() { return script_.random(); }
  Member& some_member() { return members_[random().below(members_.size())]; }

  engine::Shard::Options options(const Member& member) {
    engine::Shard::Options options;
    options.queue_limit = static_cast<std::size_t>(random().between(1, 40));
    options.batch_limit = static_cast<std::size_t>(random().between(1, 12));
    options.snapshot_every = static_cast<std::uint64_t>(random().between(5, 100));
    options.is_log_shared = members_.size() > 1;
    options.place = static_cast<std::uint64_t>(&member - members_.data()) + 1;
    options.remember_closed = Millis(random().between(1'000, 60'000));
    // So that a node may also find what it did not read trimmed by the other.
    options.keep_records = Millis(random().between(0, 60'000));
    return options;
  }

  void start(Member& member) {
    member.log = std::make_unique<MemoryLog>(clock_, store_);
    member.parts =
        std::make_unique<engine::ShardParts>(*member.log, clock_, entropy_, deaf_, options(member));
    if (auto started = member.parts->start(); !started)
      return fail("start: " + started.error().what);
    compare(member, "start");
  }

  void turn() {
    clock_.advance(script_.pause());
    Member& member = some_member();
    const std::uint64_t kind = random().below(100);
    if (kind < 35) {
      submit(member);
    } else if (kind < 60) {
      member.parts->committer.step(kNoWait);
    } else if (kind < 85) {
      apply(member);
    } else if (kind < 89) {
      member.parts->keeper.step();
    } else if (kind < 97) {
      disturb(*member.log);
    } else {
      kind < 99 ? crash(member) : stop(member);
    }
    look();
  }

  void submit(Member& member) {
    for (Command& command : script_.batch(clock_.wall_now()).commands) {
      if (std::holds_alternative<engine::NodeStarted>(command)) continue;
      // Who waits for a lock is answered by another's record, which the other kind of run follows.
      if (auto* acquire = std::get_if<engine::AcquireLock>(&command)) acquire->wait = Millis(0);
      // As in the script it stands alone, so that the checks know when it happened.
      const bool alone = is_of_operator(command);
      if (alone) commit_all(member);
      Client& client =
          clients_.emplace_back(std::move(command), &member, shadow_.state().applied());
      if (member.parts->push({client.command, &client})) {
        member.clients.push_back(&client);
        if (alone) commit_all(member);
      } else {
        clients_.pop_back();
      }
    }
  }

  void commit_all(Member& member) {
    while (member.parts->core.queue.size() > 0) member.parts->committer.step(kNoWait);
  }

  void apply(Member& member) {
    look();  // the shadow comes first, so that it knows what is answered
    const std::uint64_t skips = member.parts->core.skips;
    const auto some = member.parts->applier.step(kNoWait);
    report_.skips += member.parts->core.skips - skips;
    if (!some && some.error().code != Errc::unavailable) fail("apply: " + some.error().what);
    if (some && !*some && random().chance(20)) compare(member, "apply");
  }

  void disturb(MemoryLog& log) {
    const auto times = static_cast<std::size_t>(random().between(1, 3));
    switch (random().below(8)) {
      case 0: return log.fail_next(MemoryLog::Fault::not_taken, times);
      case 1: return log.fail_next(MemoryLog::Fault::taken_unanswered, times);
      case 2: return log.refuse_appends(true);
      case 3: return log.refuse_reads(true);
      case 4: return log.refuse_snapshots(true);
      case 5: return log.interrupt();
      default: return heal(log);
    }
  }

  static void heal(MemoryLog& log) {
    log.fail_next(MemoryLog::Fault::not_taken, 0);
    log.refuse_appends(false);
    log.refuse_reads(false);
    log.refuse_snapshots(false);
  }

  void crash(Member& member) {
    look();
    ++report_.crashes;
    for (Client* client : member.clients) client->is_lost = client->answers == 0;
    member.clients.clear();
    member.parts.reset();
    start(member);
  }

  // As the threads of a shard end; each finds that it has to.
  void stop(Member& member) {
    look();
    engine::ShardParts& parts = *member.parts;
    parts.core.queue.close();
    parts.committer.run();
    parts.core.stop();
    look();
    parts.applier.run();
    parts.keeper.stop();
    parts.keeper.run();
    parts.finish();
    expect_all_answered(member);
    member.clients.clear();
    start(member);
  }

  void end() {
    for (Member& member : members_) heal(*member.log);
    Client& last = clients_.emplace_back(engine::Tick{}, &members_[0], ports::LogPosition{});
    bool is_taken = false;
    for (int round = 0; round < kLastRounds && !report_.failure; ++round) {
      clock_.advance(Millis(1));
      for (Member& member : members_) {
        member.parts->committer.step(kNoWait);
        apply(member);
        member.parts->keeper.step();
      }
      // Once all came up with the log, perhaps by a snapshot, which answers nobody who waits.
      if (!is_taken && round > kLastRounds / 2)
        is_taken = members_[0].parts->push({last.command, &last}).has_value();
      look();
    }
    if (last.outcome.at == ports::LogPosition{} || last.answers != 1)
      fail("recovery: a command was not done once the log was well again");
    for (Member& member : members_) {
      expect_all_answered(member);
      compare(member, "end");
    }
  }

  // Judges what was answered since.
  void look() {
    if (auto what = shadow_.follow(random())) fail(*what);
    for (Client& client : clients_) {
      if (client.answers > 1) fail("answers: one was answered twice");
      if (client.answers == 0 || std::exchange(client.is_judged, true)) continue;
      if (client.is_lost) fail("answers: one of a crashed node was answered");
      if (is_told_) tell(client);
      if (client.outcome.status == Status::unavailable) continue;
      if (is_refused_at_door(client)) {
        judge_door(client);
      } else if (!shadow_.agrees(client.command, client.outcome))
        fail(std::string("answers: that of a ") + engine::name_of(client.command) +
             " is not what the log says");
    }
  }

  // Nothing was applied since the refusal, so the node has the state that refused. It must be no
  // older than the question, where another node may have changed it.
  void judge_door(const Client& client) {
    const engine::State& state = *client.member->parts->core.state;
    const auto by_state = [&](const auto& command) {
      if constexpr (requires { refuses(state.world(), command, client.outcome.status); })
        return refuses(state.world(), command, client.outcome.status);
      return false;
    };
    const bool is_old = members_.size() > 1 && state.applied() < client.asked_at;
    if (is_old || !std::visit(by_state, client.command))
      fail(std::string("door: ") + engine::name_of(client.command) + " was refused as " +
           engine::to_string(client.outcome.status) +
           (is_old ? " by an old state" : " for nothing"));
  }

  void expect_all_answered(const Member& member) {
    const auto waits = [](const Client* client) { return client->answers == 0; };
    if (std::ranges::any_of(member.clients, waits)) fail("answers: one was never answered");
  }

  // Whoever applied as much as the shadow is in the same state.
  void compare(const Member& member, const char* when) {
    if (auto what = shadow_.follow(random())) fail(*what);
    const engine::State& state = *member.parts->core.state;
    if (state.applied() != shadow_.state().applied()) return;
    if (engine::state_bytes(state) != engine::state_bytes(shadow_.state()))
      fail(std::string(when) + ": the shard's state is not that of the log");
  }

  void fail(std::string what) {
    if (!report_.failure)
      report_.failure =
          std::move(what) + " (entry " + std::to_string(shadow_.entries()) + ", shards)";
  }

  void tell(const Client& client) const {
    std::printf("%5llu  +%lld ms  %s %s\n", static_cast<unsigned long long>(shadow_.entries()),
                static_cast<long long>(clock_.steady_now().count()),
                engine::name_of(client.command), engine::to_string(client.outcome.status));
  }

  Script script_;
  ports::FakeClock clock_;
  ports::SeededEntropy entropy_;
  Deaf deaf_;
  bool is_told_;
  std::shared_ptr<ports::MemoryStore> store_ = std::make_shared<ports::MemoryStore>();
  Shadow shadow_{clock_, store_};
  std::deque<Client> clients_;
  std::vector<Member> members_;
  Report report_;
};

}  // namespace

Report run_shards(std::uint64_t seed, bool is_told) { return ShardHistory(seed, is_told).run(); }

}  // namespace doorward::sim
