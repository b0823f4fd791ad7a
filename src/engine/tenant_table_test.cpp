// Tenants as records: what each command does, and what a tenant bounds.
#include "engine/tenant_table.hpp"

#include "engine/world_test_support.hpp"

namespace doorward::engine {
namespace {

using Only = SetTenant::Only;

class TenantTableTest : public StateTest {
 protected:
  Status set(const char* name, tenant::Settings settings = {}, Only only = Only::always) {
    return do_one(SetTenant{name, tenant::Source::admin, only, settings}).status;
  }
  Status key(const char* tenant, const char* name, std::uint8_t n) {
    return do_one(SetTenantKey{tenant, name, {n}}).status;
  }
  const tenant::Tenant& tenant(const char* name) { return *state_->world().tenants.find(name); }
  Status join_at(const char* room, std::uint64_t n) {
    return do_one(Join{room, subject(n), id(n), ""}).status;
  }
  static room::Policy paused() {
    room::Policy policy;
    policy.mode = room::Mode::paused;
    return policy;
  }
};

TEST_F(TenantTableTest, ATenantsRoomsAreRemovedInOnePassOverTheTickets) {
  set("acme", [] {
    tenant::Settings many;
    many.rooms = 100;
    return many;
  }());
  for (int i = 0; i < 100; ++i) set_room(paused(), "acme/r" + std::to_string(i));
  set_room(paused(), "r");
  constexpr std::uint64_t kTickets = 3'000;
  for (std::uint64_t n = 1; n <= kTickets; ++n) {
    const bool is_own = n % 30 == 0;
    join_at(is_own ? ("acme/r" + std::to_string(n % 100)).c_str() : "r", n);
  }
  State::Entry entry;
  entry.at = {1, ++number_, 0};
  entry.time = now_;
  entry.batch.header = {node_, next_counter_++, now_};
  entry.batch.commands = {RemoveTenant{"acme"}};
  state_->begin(std::move(entry), true);
  std::uint64_t steps = 1;
  while (!state_->step()) ++steps;
  EXPECT_LE(steps, kTickets / kSliceTickets) << "not once for each room";
  EXPECT_EQ(state_->world().rooms.size(), 1U);
  EXPECT_EQ(room().waiting, kTickets - kTickets / 30);
  EXPECT_EQ(view(30).reason, room::CloseReason::room_removed);
  restore();
}

// By the newest rules, with a tenant that may have little.
class TenantBoundsTest : public TenantTableTest {
 protected:
  TenantBoundsTest() {
    do_one(NodeStarted{1, Millis(10'000), kNewestRules});
    tenant::Settings little;
    little.rooms = 2;
    little.locks = 2;
    little.units = 100;
    little.holds = 3;
    set("acme", little);
    set("other");
  }
  Outcome lock(const char* name, std::uint64_t n, Millis wait = {}) {
    return do_one(AcquireLock{name, {2, n}, Millis(3'600'000), wait});
  }
  Status hall(const char* name, std::uint32_t rows) {
    reserve::Inventory seats;
    seats.sections = {{"A", 100, rows, 10, {}}};
    return do_one(SetInventory{name, seats}).status;
  }
  Status hold(const char* inventory, std::uint64_t n) {
    return do_one(Hold{inventory, subject(n), {3, n}, Millis(60'000), 1, {}}).status;
  }
};

TEST_F(TenantBoundsTest, ATenantHasItsNumberOfLocksAndOfWaiters) {
  EXPECT_EQ(lock("acme/a", 1).status, Status::done);
  EXPECT_EQ(lock("acme/b", 2).status, Status::done);
  EXPECT_EQ(lock("acme/c", 3).status, Status::too_many_locks);
  EXPECT_EQ(lock("acme/a", 4, Millis(60'000)).status, Status::lock_queued);
  EXPECT_EQ(lock("acme/a", 5, Millis(60'000)).status, Status::lock_queued);
  EXPECT_EQ(lock("acme/b", 6, Millis(60'000)).status, Status::lock_busy) << "two wait";
  restore();
  EXPECT_EQ(lock("acme/c", 3).status, Status::too_many_locks);
  EXPECT_EQ(lock("acme/b", 6, Millis(60'000)).status, Status::lock_busy);
  EXPECT_EQ(lock("other/a", 7).status, Status::done);
  EXPECT_EQ(lock("a", 8).status, Status::done);
  EXPECT_EQ(lock("b", 9).status, Status::done);
  EXPECT_EQ(lock("c", 10).status, Status::done) << "the default tenant has no bound of its own";
  EXPECT_EQ(lock("none/a", 11).status, Status::no_such_tenant);
  do_one(ReleaseLock{"acme/b", {2, 2}, 0});
  EXPECT_EQ(lock("acme/c", 3).status, Status::done);
}

TEST_F(TenantBoundsTest, ATenantsLocksEndWithIt) {
  lock("acme/a", 1);
  lock("acme/b", 2);
  lock("acme/a", 3, Millis(60'000));
  lock("other/a", 4);
  state_->take_changes();
  EXPECT_EQ(do_one(RemoveTenant{"acme"}).status, Status::done);
  const auto ended = state_->take_changes().grants;
  ASSERT_EQ(ended.size(), 1U);
  EXPECT_EQ(ended[0].id, (reserve::LockId{2, 3}));
  EXPECT_EQ(ended[0].status, Status::no_such_tenant);
  EXPECT_EQ(state_->presences_of(1), 0U);
  EXPECT_EQ(state_->world().reserved.locks.size(), 1U);
  set("acme");
  EXPECT_EQ(lock("acme/a", 5).status, Status::done);
}

TEST_F(TenantBoundsTest, ATenantHasItsNumberOfUnitsByName) {
  EXPECT_EQ(hall("acme/x", 6), Status::done);
  EXPECT_EQ(hall("acme/y", 5), Status::too_many_inventories);
  EXPECT_EQ(hall("acme/y", 4), Status::done);
  restore();
  EXPECT_EQ(hall("acme/y", 5), Status::too_many_inventories);
  EXPECT_EQ(hall("other/x", 50), Status::done);
  EXPECT_EQ(hall("x", 50), Status::done);
  tenant::Settings less;
  less.units = 10;
  set("acme", less);
  EXPECT_EQ(hall("acme/x", 5), Status::done) << "less than it had";
  EXPECT_EQ(hall("acme/x", 6), Status::too_many_inventories);
}

TEST_F(TenantBoundsTest, ATenantHasItsNumberOfHolds) {
  reserve::Inventory many;
  many.count = 1'000;
  do_one(SetInventory{"acme/x", many});
  do_one(SetInventory{"acme/y", many});
  do_one(SetInventory{"other/x", many});
  EXPECT_EQ(hold("acme/x", 1), Status::done);
  EXPECT_EQ(hold("acme/y", 2), Status::done);
  EXPECT_EQ(hold("acme/y", 3), Status::done);
  EXPECT_EQ(hold("acme/x", 4), Status::too_many_holds);
  restore();
  EXPECT_EQ(hold("acme/x", 4), Status::too_many_holds);
  EXPECT_EQ(hold("other/x", 5), Status::done);
  do_one(RemoveInventory{"acme/y"});
  EXPECT_EQ(hold("acme/x", 4), Status::done);
}

TEST_F(TenantBoundsTest, WhatIsThereIsChangedThoughTheBoundWasLowered) {
  EXPECT_EQ(hall("acme/x", 3), Status::done);
  EXPECT_EQ(hall("acme/y", 3), Status::done);
  tenant::Settings less;
  less.rooms = 1;
  set("acme", less);
  EXPECT_EQ(hall("acme/x", 2), Status::done);
  EXPECT_EQ(hall("acme/z", 1), Status::too_many_inventories);
}

TEST_F(TenantBoundsTest, AnOldLogKnewNoSuchBounds) {
  state_ = std::make_unique<State>();
  next_counter_ = 1;
  tenant::Settings little;
  little.locks = 1;
  set("acme", little);
  EXPECT_EQ(lock("acme/a", 1).status, Status::done);
  EXPECT_EQ(lock("acme/b", 2).status, Status::done);
  EXPECT_EQ(do_one(RemoveTenant{"acme"}).status, Status::done);
  EXPECT_EQ(state_->world().reserved.locks.size(), 2U);
}

TEST_F(TenantBoundsTest, ItsInventoriesGoWithItAndNoOthers) {
  for (const char* name : {"acme/a", "acme/b", "acmes/a", "other/a", "a"}) hall(name, 1);
  const auto hold_one = [&](const char* inventory, std::uint64_t n) {
    return do_one(Hold{inventory, subject(n), {3, n}, Millis(60'000), 0, {"A-1-1"}}).status;
  };
  EXPECT_EQ(hold_one("acme/a", 1), Status::done);
  EXPECT_EQ(hold_one("acme/b", 2), Status::done);
  EXPECT_EQ(hold_one("other/a", 3), Status::done);
  EXPECT_EQ(do_one(RemoveTenant{"acme"}).status, Status::done);
  const InventoryTable& left = state_->world().reserved.inventories;
  EXPECT_EQ(left.size(), 2U);
  EXPECT_EQ(left.use_of("acme").units, 0U);
  EXPECT_EQ(left.find("other/a")->taken.held, 1U);
  restore();
  EXPECT_EQ(state_->world().reserved.inventories.size(), 2U);
  set("acme");
  EXPECT_EQ(hold_one("acme/a", 4), Status::no_such_inventory);
}

TEST_F(TenantTableTest, TheNewestRulesRemoveInventoriesWhoseTenantIsGone) {
  do_one(NodeStarted{1, Millis(10'000), 3});
  set("acme");
  reserve::Inventory spec;
  spec.count = 5;
  for (const char* name : {"acme/a", "a"}) do_one(SetInventory{name, spec});
  do_one(RemoveTenant{"acme"});
  const auto size = [&] { return state_->world().reserved.inventories.size(); };
  EXPECT_EQ(size(), 2U) << "by the rules of old logs";
  do_one(NodeStarted{1, Millis(10'000), kNewestRules});
  EXPECT_EQ(size(), 1U);
  EXPECT_NE(state_->world().reserved.inventories.find("a"), nullptr);
}

TEST_F(TenantTableTest, ATenantIsMadeChangedAndRemoved) {
  const LogTime made = now_;
  EXPECT_EQ(set("acme"), Status::done);
  EXPECT_EQ(set("acme"), Status::already);
  EXPECT_EQ(set("acme", {}, Only::if_absent), Status::tenant_exists);
  EXPECT_EQ(set("none", {}, Only::if_present), Status::no_such_tenant);
  now_ += Millis(500);
  tenant::Settings more;
  more.rooms = 5;
  EXPECT_EQ(set("acme", more), Status::done);
  EXPECT_EQ(tenant("acme").settings.rooms, 5U);
  EXPECT_EQ(tenant("acme").created_at, made);
  EXPECT_EQ(tenant("acme").updated_at, now_);
  EXPECT_EQ(do_one(RemoveTenant{"acme"}).status, Status::done);
  EXPECT_EQ(do_one(RemoveTenant{"acme"}).status, Status::no_such_tenant);
}

TEST_F(TenantTableTest, AKeyBelongsToOneTenantUnderOneName) {
  set("a");
  set("b");
  EXPECT_EQ(key("a", "web", 1), Status::done);
  EXPECT_EQ(key("a", "web", 1), Status::already);
  EXPECT_EQ(key("a", "job", 1), Status::key_exists);
  EXPECT_EQ(key("b", "web", 1), Status::key_exists);
  EXPECT_EQ(key("none", "web", 9), Status::no_such_tenant);
  EXPECT_EQ(state_->world().tenants.all()->owner_of({1})->tenant->name, "a");
  EXPECT_EQ(key("a", "web", 2), Status::done) << "another key under its name";
  EXPECT_FALSE(state_->world().tenants.all()->owner_of({1}));
  EXPECT_EQ(key("b", "web", 1), Status::done) << "nobody has it any more";
  EXPECT_EQ(do_one(RemoveTenantKey{"a", "web"}).status, Status::done);
  EXPECT_EQ(do_one(RemoveTenantKey{"a", "web"}).status, Status::no_such_key);
  EXPECT_FALSE(state_->world().tenants.all()->owner_of({2}));
}

TEST_F(TenantTableTest, KeysAreBounded) {
  set("a");
  for (std::size_t n = 0; n < tenant::kMaxKeys; ++n)
    EXPECT_EQ(key("a", ("k" + std::to_string(n)).c_str(), static_cast<std::uint8_t>(n)),
              Status::done);
  EXPECT_EQ(key("a", "more", 99), Status::too_many_keys);
  EXPECT_EQ(key("a", "k0", 99), Status::done);
}

TEST_F(TenantTableTest, RoomsAndRulesOfATenantNeedItAndAreCounted) {
  EXPECT_EQ(do_one(SetRoom{"acme/r", {}}).status, Status::no_such_tenant);
  EXPECT_EQ(do_one(SetRule{rule("acme/api")}).status, Status::no_such_tenant);
  tenant::Settings one;
  one.rooms = one.rules = 1;
  set("acme", one);
  set("acm");
  set_room({}, "acm/other");
  set_room({}, "acme/r");
  EXPECT_EQ(do_one(SetRoom{"acme/r", paused()}).status, Status::done) << "it is there already";
  EXPECT_EQ(do_one(SetRoom{"acme/s", {}}).status, Status::too_many_rooms);
  EXPECT_EQ(do_one(SetRule{rule("acme/api")}).status, Status::done);
  EXPECT_EQ(do_one(SetRule{rule("acme/api", 20)}).status, Status::done);
  EXPECT_EQ(do_one(SetRule{rule("acme/more")}).status, Status::too_many_rules);
}

TEST_F(TenantTableTest, OnlySoManyWaitInAllRoomsOfATenant) {
  tenant::Settings two;
  two.max_waiting = 2;
  set("acme", two);
  set_room(paused(), "acme/a");
  set_room(paused(), "acme/b");
  set_room(paused(), "other");
  EXPECT_EQ(join_at("acme/a", 1), Status::done);
  EXPECT_EQ(join_at("acme/b", 2), Status::done);
  EXPECT_EQ(join_at("acme/a", 3), Status::tenant_full);
  EXPECT_EQ(join_at("other", 4), Status::done) << "nobody else is held up";
  EXPECT_EQ(do_one(Leave{id(2)}).status, Status::done);
  EXPECT_EQ(join_at("acme/a", 3), Status::done);
}

TEST_F(TenantTableTest, ARuleOfATenantHasItsPlainNameInASetOfItsOwn) {
  set("a");
  set("b");
  for (const char* name : {"api", "a/api", "b/api"}) do_one(SetRule{rule(name)});
  const auto sets = state_->world().rules.compiled_sets();
  ASSERT_EQ(sets.size(), 3U);
  for (const auto& [tenant, rules] : sets) {
    ASSERT_EQ(rules->rules().size(), 1U) << tenant;
    EXPECT_EQ(rules->named("api")->entry().tenant, tenant);
  }
  EXPECT_NE(sets.at("a")->named("api")->quotas()[0].identity,
            sets.at("b")->named("api")->quotas()[0].identity)
      << "they count apart";
  EXPECT_EQ(do_one(RemoveRule{"a/api"}).status, Status::done);
  EXPECT_NE(state_->world().rules.compiled()->named("api"), nullptr);
}

TEST_F(TenantTableTest, ATenantGoesWithAllThatItHas) {
  set("acme");
  set("acme2");
  key("acme", "web", 1);
  for (const char* name : {"acme/r", "acme2/r", "r"}) set_room(paused(), name);
  for (const char* name : {"acme/api", "acme2/api", "api"}) do_one(SetRule{rule(name)});
  join_at("acme/r", 1);
  join_at("acme2/r", 2);
  EXPECT_EQ(do_one(RemoveTenant{"acme"}).status, Status::done);
  const World& world = state_->world();
  EXPECT_EQ(world.rooms.find("acme/r"), nullptr);
  EXPECT_NE(world.rooms.find("acme2/r"), nullptr);
  EXPECT_NE(world.rooms.find("r"), nullptr);
  EXPECT_EQ(world.rules.count_of("acme"), 0U);
  EXPECT_EQ(world.rules.count_of("acme2"), 1U);
  EXPECT_FALSE(world.tenants.all()->owner_of({1}));
  EXPECT_EQ(state_of(1), room::TicketState::closed);
  EXPECT_EQ(view(1).reason, room::CloseReason::room_removed);
  EXPECT_EQ(state_of(2), room::TicketState::waiting);
}

TEST_F(TenantTableTest, ASnapshotHasTheTenants) {
  set("b");
  set("a");
  key("a", "web", 1);
  key("a", "job", 2);
  set_room({}, "a/r");
  do_one(SetRule{rule("a/api")});
  const std::string before = bytes();
  restore();
  EXPECT_EQ(bytes(), before);
  EXPECT_EQ(tenant("a").keys.size(), 2U);
  EXPECT_EQ(key("b", "web", 1), Status::key_exists);
}

TEST_F(TenantTableTest, OnlyAChangeIsTold) {
  state_->take_changes();
  set("a");
  EXPECT_TRUE(state_->take_changes().tenants);
  set("a");
  EXPECT_FALSE(state_->take_changes().tenants);
  key("a", "web", 1);
  EXPECT_TRUE(state_->take_changes().tenants);
}

}  // namespace
}  // namespace doorward::engine
