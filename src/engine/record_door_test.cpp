// What may be appended: a command that the reader would refuse never reaches the log.
#include "core/name.hpp"
#include "engine/record.hpp"
#include "engine/record_test_support.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <random>
#include <utility>

namespace doorward::engine {
namespace {

const BatchHeader kHeader{.node = 5, .first_counter = 1, .written_at = LogTime(Millis(1))};
constexpr LogTime kBefore1970{Millis{-1}};
constexpr LogTime kTooLate = kMaxLogTime + Millis(1);
constexpr Millis kTooLong = kMaxDuration + Millis(1);

std::string letters(std::size_t count) { return std::string(count, 'a'); }

bool passes(const Command& command) { return BatchWriter().add(command); }

// What a log entry of this one command says to who reads it.
bool is_read_as_it_is(const Command& command) {
  const auto batch = decode(encode(kHeader, {command}));
  return batch && batch->commands == std::vector<Command>{command};
}

TEST(RecordDoor, EveryCommandPassesAndIsReadAsItIs) {
  for (const Command& command : every_command()) {
    BatchWriter writer;
    ASSERT_TRUE(writer.add(command)) << name_of(command);
    EXPECT_EQ(writer.finish(kHeader), encode(kHeader, {command}));
  }
}

TEST(RecordDoor, ARefusedCommandLeavesNothingInTheBatch) {
  BatchWriter writer;
  ASSERT_TRUE(writer.add(RemoveRoom{"a"}));
  EXPECT_FALSE(writer.add(RemoveRoom{letters(98)}));
  ASSERT_TRUE(writer.add(RemoveRoom{"b"}));
  EXPECT_EQ(writer.count(), 2U);
  EXPECT_EQ(writer.finish(kHeader), encode(kHeader, {RemoveRoom{"a"}, RemoveRoom{"b"}}));
}

// Gives a command with this name in one of its fields.
using Named = std::function<Command(std::string)>;
struct NameBound {
  const char* what;
  std::size_t most;
  bool may_be_empty;
  Named make;
};

template <class C>
Named in(std::string C::*member) {
  const std::vector<Command> all = every_command();
  const auto is_one = [](const Command& command) { return std::holds_alternative<C>(command); };
  const C base = std::get<C>(*std::ranges::find_if(all, is_one));
  return [member, base](std::string name) {
    C command = base;
    command.*member = std::move(name);
    return command;
  };
}

Command with_lane(std::string lane) {
  room::Policy policy;
  policy.lanes = {{std::move(lane), 1}};
  return SetRoom{"r", policy};
}

Command with_stock(std::string inventory) {
  room::Policy policy;
  policy.stock = room::Stock{std::move(inventory), 0};
  return SetRoom{"r", policy};
}

Command with_rule(std::string name) {
  limit::Rule rule = small_rule();
  rule.name = std::move(name);
  return SetRule{rule};
}

Command with_rule_of_tenant(std::string name) { return with_rule(letters(32) + '/' + name); }

Command with_section(std::string name) {
  reserve::Inventory inventory;
  inventory.sections = {{std::move(name), 0, 1, 1, {}}};
  return SetInventory{"i", inventory};
}

Command with_unit(std::string name) {
  reserve::Inventory inventory;
  inventory.sections = {{"s", 0, 0, 0, {std::move(name)}}};
  return SetInventory{"i", inventory};
}

Command with_currency(std::string currency) {
  reserve::Inventory inventory;
  inventory.currency = std::move(currency);
  return SetInventory{"i", inventory};
}

Command with_held(std::string unit) { return Hold{"i", {}, {}, {}, 0, {std::move(unit)}}; }

const std::vector<NameBound>& name_bounds() {
  using namespace naming;
  static const std::vector<NameBound> bounds{
      {"Join.room", kMaxFullName, false, in(&Join::room)},
      {"Join.lane", kMaxName, true, in(&Join::lane)},
      {"SetRoom.room", kMaxFullName, false, in(&SetRoom::room)},
      {"SetRoom.lanes", kMaxName, false, with_lane},
      {"SetRoom.stock", kMaxName, false, with_stock},
      {"ChangeRoom.room", kMaxFullName, false, in(&ChangeRoom::room)},
      {"RemoveRoom.room", kMaxFullName, false, in(&RemoveRoom::room)},
      {"Draw.room", kMaxFullName, false, in(&Draw::room)},
      {"SetRule.rule", kMaxRule, false, with_rule},
      {"SetRule.rule of a tenant", kMaxRule, false, with_rule_of_tenant},
      {"RemoveRule.rule", kMaxFullRule, false, in(&RemoveRule::rule)},
      {"SetInventory.inventory", kMaxRecorded, false, in(&SetInventory::inventory)},
      {"SetInventory.sections", kMaxName, false, with_section},
      {"SetInventory.units", kMaxName, false, with_unit},
      {"SetInventory.currency", reserve::kMaxCurrency, true, with_currency},
      {"RemoveInventory.inventory", kMaxRecorded, false, in(&RemoveInventory::inventory)},
      {"Hold.inventory", kMaxRecorded, false, in(&Hold::inventory)},
      {"Hold.units", kMaxName, false, with_held},
      {"Extend.inventory", kMaxRecorded, false, in(&Extend::inventory)},
      {"Confirm.inventory", kMaxRecorded, false, in(&Confirm::inventory)},
      {"Release.inventory", kMaxRecorded, false, in(&Release::inventory)},
      {"AcquireLock.lock", kMaxRecorded, false, in(&AcquireLock::lock)},
      {"RenewLock.lock", kMaxRecorded, false, in(&RenewLock::lock)},
      {"ReleaseLock.lock", kMaxRecorded, false, in(&ReleaseLock::lock)},
      {"SetTenant.tenant", kMaxTenant, false, in(&SetTenant::tenant)},
      {"RemoveTenant.tenant", kMaxTenant, false, in(&RemoveTenant::tenant)},
      {"SetTenantKey.tenant", kMaxTenant, false, in(&SetTenantKey::tenant)},
      {"SetTenantKey.key", kMaxName, false, in(&SetTenantKey::key)},
      {"RemoveTenantKey.tenant", kMaxTenant, false, in(&RemoveTenantKey::tenant)},
      {"RemoveTenantKey.key", kMaxName, false, in(&RemoveTenantKey::key)},
  };
  return bounds;
}

TEST(RecordDoor, NamesPassUpToTheirBoundAndNoFurther) {
  for (const NameBound& bound : name_bounds()) {
    EXPECT_TRUE(passes(bound.make(letters(bound.most)))) << bound.what;
    EXPECT_FALSE(passes(bound.make(letters(bound.most + 1)))) << bound.what;
    EXPECT_EQ(passes(bound.make("")), bound.may_be_empty) << bound.what;
  }
}

struct Spoiled {
  const char* what;
  Command command;
};

template <class Change>
Command room_with(Change change) {
  room::Policy policy = full_policy();
  change(policy);
  return SetRoom{"r", policy};
}

template <class Change>
Command rule_with(Change change) {
  limit::Rule rule = small_rule();
  change(rule);
  return SetRule{rule};
}

template <class Change>
Command inventory_with(Change change) {
  reserve::Inventory inventory;
  change(inventory);
  return SetInventory{"i", inventory};
}

template <class Change>
Command tenant_with(Change change) {
  tenant::Settings settings = full_settings();
  change(settings);
  return SetTenant{"t", {}, {}, settings};
}

std::vector<Spoiled> spoiled_rooms() {
  using room::Policy;
  return {
      {"opens before 1970", room_with([](Policy& p) { p.opens_at = kBefore1970; })},
      {"closes before 1970", room_with([](Policy& p) { p.closes_at = kBefore1970; })},
      {"opens too late", room_with([](Policy& p) { p.opens_at = kTooLate; })},
      {"session", room_with([](Policy& p) { p.session_ttl = kTooLong; })},
      {"session below zero", room_with([](Policy& p) { p.session_ttl = Millis(-1); })},
      {"claim", room_with([](Policy& p) { p.claim_ttl = kTooLong; })},
      {"silence", room_with([](Policy& p) { p.liveness_silence = kTooLong; })},
      {"grace", room_with([](Policy& p) { p.liveness_grace = kTooLong; })},
      {"rate of none", room_with([](Policy& p) { p.admit->count = 0; })},
      {"rate in no time", room_with([](Policy& p) { p.admit->every = Millis(0); })},
      {"rate in too long", room_with([](Policy& p) { p.admit->every = kTooLong; })},
      {"lanes", room_with([](Policy& p) {
         p.lanes.assign(17, {"l", 1});
       })},
      {"lanes, beyond a byte", room_with([](Policy& p) {
         p.lanes.assign(258, {"l", 1});
       })},
      {"share of none", room_with([](Policy& p) { p.lanes[0].share = 0; })},
      {"share", room_with([](Policy& p) { p.lanes[0].share = (1U << 20) + 1; })},
      {"factor", room_with([](Policy& p) { p.stock->factor = room::kMaxFactor + 1; })},
      {"mode", room_with([](Policy& p) { p.mode = static_cast<room::Mode>(4); })},
      {"ChangeRoom.before",
       ChangeRoom{"r",
                  std::get<SetRoom>(room_with([](Policy& p) { p.opens_at = kBefore1970; })).policy,
                  {}}},
  };
}

std::vector<Spoiled> spoiled_others() {
  using limit::Rule;
  using reserve::Inventory;
  using tenant::Settings;
  return {
      {"rule starts", rule_with([](Rule& r) { r.starts_at = kBefore1970; })},
      {"rule ends", rule_with([](Rule& r) { r.ends_at = kTooLate; })},
      {"rule limit", rule_with([](Rule& r) { r.quotas[0].quota.limit = limit::kMaxLimit + 1; })},
      {"rule priority", rule_with([](Rule& r) { r.priority = limit::kMaxPriority + 1; })},
      {"rule cost", rule_with([](Rule& r) { r.cost.amount = limit::kMaxCost + 1; })},
      {"rule quotas", rule_with([](Rule& r) { r.quotas.resize(limit::kMaxQuotas + 1); })},
      {"rule texts", rule_with([](Rule& r) { r.description = letters(501); })},
      {"units", inventory_with([](Inventory& i) { i.count = reserve::kMaxUnits + 1; })},
      {"price", inventory_with([](Inventory& i) { i.price = reserve::kMaxPrice + 1; })},
      {"no limit of a subject", inventory_with([](Inventory& i) { i.max_per_subject = 0; })},
      {"hold", inventory_with([](Inventory& i) { i.hold_most = kTooLong; })},
      {"tenant waiting", tenant_with([](Settings& s) { s.max_waiting = room::kMaxPeople + 1; })},
      {"tenant rooms", tenant_with([](Settings& s) { s.rooms = tenant::kMaxOwn + 1; })},
      {"tenant token", tenant_with([](Settings& s) { s.token_ttl = kTooLong; })},
      {"remembered", NodeStarted{1, kTooLong}},
      {"lease", Hold{"i", {}, {}, kTooLong, 1, {}}},
      {"lease below zero", Hold{"i", {}, {}, Millis(-1), 1, {}}},
      {"units and a count", Hold{"i", {}, {}, {}, 1, {"a"}}},
      {"neither", Hold{"i", {}, {}, {}, 0, {}}},
      {"too many", Hold{"i", {}, {}, {}, reserve::kMaxUnits + 1, {}}},
      {"too many by name", Hold{"i", {}, {}, {}, 0, std::vector<std::string>(101, "a")}},
      {"extended by", Extend{"i", {}, {}, 0, kTooLong}},
      {"lock lease", AcquireLock{"l", {}, kTooLong, {}}},
      {"lock wait", AcquireLock{"l", {}, {}, kTooLong}},
      {"lock renewed by", RenewLock{"l", {}, 0, kTooLong}},
  };
}

TEST(RecordDoor, ValuesOutOfTheirBoundsDoNotPass) {
  for (const auto& list : {spoiled_rooms(), spoiled_others()})
    for (const Spoiled& spoiled : list) {
      EXPECT_FALSE(passes(spoiled.command)) << spoiled.what;
      EXPECT_FALSE(is_read_as_it_is(spoiled.command)) << spoiled.what;
    }
}

// Bends one field or more of a command at random, near its bounds most of the time.
class Bender {
 public:
  explicit Bender(std::uint64_t seed) : random_(seed) {}

  Command next() {
    if (below(2) == 0) return name_bounds()[below(name_bounds().size())].make(name());
    Command command = commands_[below(commands_.size())];
    std::visit([this](auto& c) { bend(c), bend_seen(c); }, command);
    return command;
  }

 private:
  std::size_t below(std::size_t bound) { return random_() % bound; }

  std::string name() {
    constexpr std::size_t kBounds[] = {0, 1, 8, 32, 64, 97, 128, 129, 161};
    std::string made = letters(kBounds[below(std::size(kBounds))] + below(3));
    if (!made.empty() && below(4) == 0) made[below(made.size())] = static_cast<char>(random_());
    return made;
  }
  Millis duration() {
    const Millis values[] = {Millis(-1),   Millis(0), Millis(1),
                             kMaxDuration, kTooLong,  Millis(static_cast<std::int64_t>(random_()))};
    return values[below(std::size(values))];
  }
  LogTime time() {
    const LogTime values[] = {kBefore1970, LogTime{}, kMaxLogTime, kTooLate};
    return values[below(std::size(values))];
  }

  template <class C>
  void bend_seen(C& c) {
    if constexpr (requires { c.seen; }) {
      if (below(2) == 0) c.seen = Digest{random_(), random_()};
    }
  }
  template <class C>
  void bend(C&) {}
  void bend(SetRoom& c) { bend_policy(c.policy); }
  void bend(ChangeRoom& c) { bend_policy(below(2) == 0 ? c.before : c.policy); }
  void bend(NodeStarted& c) { c.remember_closed = duration(); }
  void bend(SetRule& c) {
    if (below(2) == 0) c.rule.starts_at = time();
    if (below(2) == 0) c.rule.priority = static_cast<std::int32_t>(random_());
    if (below(2) == 0) c.rule.quotas[0].quota.window = limit::Nanos(duration().count());
    if (below(2) == 0) c.rule.name = name();
  }
  void bend(Hold& c) {
    c.lease = duration();
    c.count = below(2) == 0 ? 0 : static_cast<std::uint32_t>(random_());
    c.units.assign(below(2) == 0 ? 0 : 99 + below(3), name());
  }
  void bend(AcquireLock& c) {
    c.lease = duration();
    c.wait = duration();
  }
  void bend(SetTenant& c) {
    c.settings.token_ttl = duration();
    if (below(2) == 0) c.settings.rooms = static_cast<std::uint32_t>(random_());
  }
  void bend_policy(room::Policy& policy) {
    if (below(3) == 0) policy.opens_at = time();
    if (below(3) == 0) policy.session_ttl = duration();
    if (below(3) == 0) policy.claim_ttl = duration();
    if (below(3) == 0) policy.lanes.assign(below(300), {name(), 1});
    if (below(3) == 0) policy.mode = static_cast<room::Mode>(below(6));
    if (below(3) == 0) policy.admit = room::Rate{static_cast<std::uint32_t>(below(2)), duration()};
  }

  std::mt19937_64 random_;
  const std::vector<Command> commands_ = every_command();
};

TEST(RecordDoor, WhateverPassesIsReadAsItIsAndNothingElsePasses) {
  Bender bender(1);
  int passed = 0;
  constexpr int kTimes = 20'000;
  for (int i = 0; i < kTimes; ++i) {
    const Command command = bender.next();
    const bool is_good = is_read_as_it_is(command);
    ASSERT_EQ(passes(command), is_good) << i << ": " << name_of(command);
    passed += is_good ? 1 : 0;
  }
  EXPECT_GT(passed, kTimes / 10);
  EXPECT_LT(passed, kTimes * 9 / 10);
}

}  // namespace
}  // namespace doorward::engine
