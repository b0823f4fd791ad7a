#include "script.hpp"

#include "engine/digest.hpp"

#include <utility>

namespace doorward::sim {

using engine::Batch;
using engine::Command;

namespace {

constexpr std::size_t kRemembered = 40;

std::string some_inventory(Random& random) { return random.chance(60) ? "x" : "y"; }

}  // namespace

Script::Script(std::uint64_t seed) : random_(seed) {
  rooms_ = static_cast<unsigned>(random_.between(1, 3));
  subjects_ = static_cast<unsigned>(random_.between(5, 80));
  busy_ = random_.chance(70);
  if (random_.below(100) == 0) {  // a crowd, that outgrows the first chunk of every list
    subjects_ = static_cast<unsigned>(random_.between(2'000, 6'000));
    most_at_once_ = 400;
  }
  nodes_.resize(random_.below(3) + 1);
  for (std::size_t i = 0; i < nodes_.size(); ++i) nodes_[i] = {0, i + 1, 1};
}

Millis Script::pause() {
  const std::uint64_t kind = random_.below(100);
  if (kind < 40) return Millis(random_.between(0, 20));
  if (kind < 85) return Millis(random_.between(20, 900));
  if (kind < 95) return Millis(random_.between(900, 5'000));
  if (kind < 96) return Millis(5'000);
  return Millis(random_.between(5'001, random_.chance(20) ? 4'000'000 : 40'000));
}

Batch Script::batch(LogTime now) {
  now_ = now;
  Node& node = nodes_[random_.below(nodes_.size())];
  if (node.id == 0 || random_.chance(1)) return restart(node, now);
  std::vector<Command> commands;
  // What operators do stands alone, so that the checks know when it happened.
  if (random_.chance(6)) {
    commands.push_back(operator_command());
  } else {
    const std::size_t count = random_.chance(70) ? 1 : random_.below(most_at_once_) + 1;
    for (std::size_t i = 0; i < count; ++i) commands.push_back(visitor_command());
  }
  Batch batch = signed_by(node, now, std::move(commands));
  if (written_.size() < kRemembered) {
    written_.push_back(batch);
  } else {
    written_[random_.below(kRemembered)] = batch;
  }
  return batch;
}

Batch Script::signed_by(Node& node, LogTime now, std::vector<Command> commands) {
  Batch batch{{node.id, node.next_counter, now - Millis(random_.between(0, 300))}, {}};
  if (random_.chance(1)) batch.header.written_at -= Millis(random_.between(29'000, 40'000));
  node.next_counter += commands.size();
  batch.commands = std::move(commands);
  return batch;
}

Batch Script::restart(Node& node, LogTime now) {
  node.id = random_.next() | 1;
  node.next_counter = 1;
  const Millis remember(random_.between(1'000, 60'000));
  // Of an older program, or of this one.
  const auto rules =
      static_cast<std::uint16_t>(random_.between(engine::kFirstRules, engine::kNewestRules));
  return signed_by(node, now, {engine::NodeStarted{node.place, remember, rules}});
}

std::string Script::some_room() {
  return std::string(1, static_cast<char>('a' + random_.below(rooms_)));
}

// Mostly of somebody who came lately; now and then one that never was.
TicketId Script::some_ticket() {
  if (tickets_.empty() || random_.chance(1)) return {9, random_.next()};
  const std::size_t last = std::min<std::size_t>(tickets_.size(), subjects_);
  return tickets_[tickets_.size() - 1 - random_.below(last)];
}

engine::Join Script::join() {
  if (!joins_.empty() && random_.chance(8)) {  // a retry, which carries the same id
    const std::size_t last = std::min<std::size_t>(joins_.size(), 30);
    return joins_[joins_.size() - 1 - random_.below(last)];
  }
  engine::Join join{some_room(), {random_.below(subjects_), 1}, {1, ++drawn_ids_}, ""};
  const std::uint64_t lane = random_.below(6);
  if (lane > 3) join.lane = lane == 4 ? "vip" : "late";
  tickets_.push_back(join.ticket);
  joins_.push_back(join);
  return join;
}

Command Script::hold_command() {
  if (!holds_.empty() && random_.chance(10)) return holds_[random_.below(holds_.size())];
  engine::Hold hold;
  hold.inventory = some_inventory(random_);
  hold.subject = {random_.below(subjects_), 1};
  hold.hold = {2, ++drawn_ids_};
  if (random_.chance(50)) hold.lease = Millis(random_.between(1, 20'000));
  if (random_.chance(50)) {
    hold.count = static_cast<std::uint32_t>(random_.between(1, 3));
  } else {
    const std::uint64_t units = random_.below(3) + 1;
    for (std::uint64_t i = 0; i < units; ++i)
      hold.units.push_back("A-" + std::to_string(random_.below(3) + 1) + "-" +
                           std::to_string(random_.below(3) + 1));
  }
  if (holds_.size() >= kRemembered) holds_.erase(holds_.begin());
  holds_.push_back(hold);
  return hold;
}

Command Script::lock_command() {
  const std::string name(1, static_cast<char>('l' + random_.below(2)));
  if (grants_.empty() || random_.chance(45)) {
    engine::AcquireLock acquire{name, {3, ++drawn_ids_}, Millis(random_.between(1, 8'000)), {}};
    if (random_.chance(60)) acquire.wait = Millis(random_.between(1, 10'000));
    if (!grants_.empty() && random_.chance(10)) acquire = grants_[random_.below(grants_.size())];
    if (grants_.size() >= kRemembered / 4) grants_.erase(grants_.begin());
    grants_.push_back(acquire);
    return acquire;
  }
  const engine::AcquireLock& grant = grants_[random_.below(grants_.size())];
  const std::uint64_t fence = random_.chance(10) ? random_.below(50) : 0;
  if (random_.chance(30))
    return engine::RenewLock{grant.lock, grant.id, fence, Millis(random_.between(1, 8'000))};
  return engine::ReleaseLock{grant.lock, grant.id, fence};
}

Command Script::reserve_command() {
  const std::uint64_t kind = random_.below(100);
  if (kind < 25) return lock_command();
  if (kind < 60 || holds_.empty()) return hold_command();
  const engine::Hold& hold = holds_[random_.below(holds_.size())];
  std::optional<SubjectKey> by;
  if (random_.chance(70)) by = hold.subject;
  const std::uint64_t fence = random_.chance(5) ? random_.below(50) : 0;
  if (kind < 70)
    return engine::Extend{hold.inventory, hold.hold, by, fence, Millis(random_.below(9'000))};
  if (kind < 85) return engine::Confirm{hold.inventory, hold.hold, by, fence};
  return engine::Release{hold.inventory, hold.hold, by, fence};
}

Command Script::inventory_command() {
  const std::string name = some_inventory(random_);
  std::optional<engine::Digest>& last = inventories_last_[name];
  if (random_.chance(15)) return engine::RemoveInventory{name, some_digest(last)};
  engine::SetInventory set;
  set.seen = some_digest(last);
  set.inventory = name;
  if (random_.chance(50)) {
    set.spec.count = static_cast<std::uint32_t>(random_.below(12));
  } else {
    const auto rows = static_cast<std::uint32_t>(random_.between(1, 3));
    set.spec.sections = {{"A", random_.below(3), rows, 3, {}}};
    if (random_.chance(30)) set.spec.sections.push_back({"B", 1, 0, 0, {"b1", "b2"}});
  }
  if (random_.chance(30)) set.spec.max_per_subject = 4;
  set.spec.hold_ttl = Millis(random_.between(1'000, busy_ ? 8'000 : 60'000));
  set.spec.hold_most = set.spec.hold_ttl + Millis(random_.below(20'000));
  if (random_.chance(80)) last = engine::digest_of(set.spec);
  return set;
}

Command Script::visitor_command() {
  if (random_.chance(30)) return reserve_command();
  const std::uint64_t kind = random_.below(100);
  if (kind < 40) return join();
  if (kind < 55) return engine::Touch{some_ticket()};
  if (kind < 65) return engine::PresenceStart{some_ticket()};
  if (kind < 72) return engine::PresenceEnd{some_ticket()};
  if (kind < 80) return engine::Leave{some_ticket()};
  if (kind < 92) return engine::Finish{some_ticket()};
  return engine::Tick{};
}

// Of few names, so that rules are made, changed and removed.
Command Script::rule_command() {
  const std::string name(1, static_cast<char>('a' + random_.below(4)));
  std::optional<engine::Digest>& last = rules_last_[name];
  if (random_.chance(25)) return engine::RemoveRule{name, some_digest(last)};
  engine::SetRule set;
  set.seen = some_digest(last);
  set.rule.name = name;
  set.rule.quotas.resize(random_.below(3) + 1);
  for (std::size_t i = 0; i < set.rule.quotas.size(); ++i) {
    set.rule.quotas[i].name = std::to_string(i);
    set.rule.quotas[i].quota.limit = random_.between(1, 4);
  }
  if (random_.chance(30)) set.rule.match.paths = {"/" + name + "/**"};
  set.source = random_.chance(30) ? limit::RuleSource::file : limit::RuleSource::admin;
  set.only = static_cast<engine::SetRule::Only>(random_.below(3));
  if (random_.chance(80)) last = engine::digest_of(set.rule);
  return set;
}

Command Script::operator_command() {
  if (random_.chance(20)) return rule_command();
  if (random_.chance(35)) return inventory_command();
  const std::uint64_t kind = random_.below(100);
  if (kind < 75) return policy_command();
  if (kind < 95) return engine::Draw{some_room(), random_.next(), random_.next()};
  const std::string room = some_room();
  return engine::RemoveRoom{room, some_digest(engine::digest_of(set_last_[room]))};
}

std::optional<engine::Digest> Script::some_digest(const std::optional<engine::Digest>& last) {
  return random_.chance(30) ? last : std::nullopt;
}

// A change is made of the policy that was set last, or of an older one.
Command Script::policy_command() {
  const std::string room = some_room();
  const room::Policy wanted = policy();
  room::Policy& last = set_last_[room];
  if (random_.chance(30)) {
    engine::ChangeRoom change{room, last, wanted};
    if (random_.chance(80)) last = wanted;
    return change;
  }
  last = wanted;
  return engine::SetRoom{room, wanted, engine::SetRoom::Source::admin};
}

room::Policy Script::policy() {
  room::Policy policy;
  limit(policy);
  time(policy);
  if (random_.chance(30)) policy.order = room::Order::draw;
  if (random_.chance(40)) policy.rejoin = room::Rejoin::to_back;
  if (random_.chance(50)) policy.lanes = {{"all", 1}, {"vip", 3}};
  if (random_.chance(15)) policy.lanes.push_back({"late", 2});
  const std::uint64_t mode = random_.below(100);
  if (mode >= 70) policy.mode = room::Mode::paused;
  if (mode >= 80) policy.mode = room::Mode::bypass;
  if (mode >= 90) policy.mode = room::Mode::closed;
  if (random_.chance(40)) {
    const std::uint32_t factors[] = {0, 500, 1'500};
    policy.stock = room::Stock{some_inventory(random_), factors[random_.below(3)]};
  }
  if (random_.chance(15)) policy.opens_at = now_ + Millis(random_.between(-5'000, 20'000));
  if (random_.chance(10)) policy.closes_at = now_ + Millis(random_.between(5'000, 60'000));
  return policy;
}

void Script::limit(room::Policy& policy) {
  if (random_.chance(85)) policy.capacity = static_cast<std::uint32_t>(random_.between(1, 12));
  if (random_.chance(50)) {
    const auto count = static_cast<std::uint32_t>(random_.between(1, 6));
    policy.admit = room::Rate{count, Millis(random_.between(50, 10'000))};
    policy.admit->rounds = policy.admit->every.count() % 3 == 0;
  }
  if (random_.chance(10)) policy.max_waiting = static_cast<std::uint32_t>(random_.between(1, 10));
}

void Script::time(room::Policy& policy) {
  policy.session_ttl = Millis(random_.between(500, busy_ ? 10'000 : 120'000));
  if (random_.chance(50)) policy.renew = room::Renew::never;
  if (random_.chance(50)) policy.claim_ttl = Millis(random_.between(500, 8'000));
  if (random_.chance(60)) policy.liveness_silence = Millis(random_.between(1'000, 15'000));
  policy.liveness_grace = Millis(random_.between(0, 20'000));
  policy.present_only = policy.session_ttl.count() % 4 == 0;
}

}  // namespace doorward::sim
