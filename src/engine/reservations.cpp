#include "engine/reservations.hpp"

#include "engine/hold_view.hpp"
#include "engine/locks.hpp"
#include "engine/tenancy.hpp"

#include <algorithm>
#include <utility>

namespace doorward::engine {
namespace {

using reserve::EndReason;
using reserve::HoldState;
using reserve::HoldVerdict;
using reserve::UnitState;

// So many units of a hold cost as much as a ticket that is moved.
constexpr std::uint32_t kUnitsInBudget = 4;
// Of one inventory, those counted that are over and still remembered.
constexpr std::uint32_t kMaxHolds = 2 * reserve::kMaxUnits;

Done failed(Status status) {
  Done done;
  done.status = status;
  return done;
}

Done about(Status status, std::uint32_t hold) {
  Done done;
  done.status = status;
  done.hold = hold;
  return done;
}

std::int64_t ms(LogTime t) { return t.time_since_epoch().count(); }
std::int64_t ms(ServiceTime t) { return t.time_since_epoch().count(); }

// What is taken of it is another number now; `left`: also what is not confirmed.
void count_changed(World& world, InventoryState& inventory, bool left) {
  const bool was_sold_out = inventory.sold_out;
  if (inventory.available() == 0) {
    inventory.sold_out = true;
    world.reserved.inventories.set_reopening(inventory, std::nullopt);
  } else if (inventory.sold_out && !inventory.reopens) {
    world.reserved.inventories.set_reopening(inventory, world.clock.service_now() + kReopenAfter);
  }
  world.changes.inventories.push_back(inventory.number);
  const bool flipped = was_sold_out != inventory.sold_out;
  if (flipped || left) world.rooms.mark_tied(inventory.name, flipped);
}

void set_units(World& world, InventoryState& inventory, std::uint32_t hold, UnitState state) {
  if (inventory.units.empty()) return;
  for (const std::uint32_t unit : world.reserved.holds.units_of(hold)) {
    inventory.units[unit] = state;
    world.changes.units.push_back({inventory.number, unit, state});
  }
}

// Ends a hold that is held or confirmed. Its inventory is there.
void end_hold(World& world, std::uint32_t index, EndReason reason) {
  HoldStore& holds = world.reserved.holds;
  const HoldRow row = holds[index];
  InventoryState& inventory = *world.reserved.inventories.at(row.inventory);
  (row.is(HoldState::held) ? inventory.taken.held : inventory.taken.confirmed) -= row.count;
  if (reason == EndReason::expired) ++inventory.expired_total;
  set_units(world, inventory, index, UnitState::available);
  holds.add_over(row.inventory, row.subject);
  holds.take_from_account(row.inventory, row.subject, row.count);
  holds.drop_claims(index);
  HoldRow& changed = holds.edit(index);
  changed.state_bits = static_cast<std::uint8_t>(HoldState::over);
  changed.reason_bits = static_cast<std::uint8_t>(reason);
  changed.changed_at = ms(world.clock.now());
  holds.set_deadline(index, world.clock.service_now() + world.remember_closed);
  count_changed(world, inventory, row.is(HoldState::confirmed));
}

void forget_hold(World& world, std::uint32_t index) {
  const std::uint32_t number = world.reserved.holds[index].inventory;
  world.reserved.inventories.forget(number);
  world.reserved.holds.forget(index);
}

Status status_of(HoldVerdict verdict) {
  switch (verdict) {
    case HoldVerdict::fine: return Status::done;
    case HoldVerdict::sold_out: return Status::sold_out;
    case HoldVerdict::too_few: return Status::too_few;
    case HoldVerdict::too_many: return Status::too_many_units;
    case HoldVerdict::subject_limit: return Status::subject_limit;
  }
  return Status::done;
}

struct Wanted {
  Status status = Status::done;
  std::uint32_t count = 0;
  std::vector<std::uint32_t> units;
};

// The units that a command names, by number.
Wanted wanted_of(const InventoryState& inventory, const Hold& c) {
  Wanted wanted;
  wanted.count = c.units.empty() ? c.count : static_cast<std::uint32_t>(c.units.size());
  const bool by_name = inventory.map->inventory().is_map();
  if (by_name == c.units.empty()) wanted.status = Status::no_such_unit;
  for (const std::string& name : c.units) {
    const auto unit = inventory.map->find(name);
    const bool is_new = unit && std::ranges::find(wanted.units, *unit) == wanted.units.end();
    if (!by_name || !is_new) {
      wanted.status = Status::no_such_unit;
      break;
    }
    wanted.units.push_back(*unit);
  }
  return wanted;
}

// A set of names has no order, so that a retry may name them in another.
bool are_same_units(const World& world, std::vector<std::uint32_t> wanted, std::uint32_t hold) {
  std::vector<std::uint32_t> held = world.reserved.holds.units_of(hold);
  if (world.has_fifth_rules()) {
    std::ranges::sort(wanted);
    std::ranges::sort(held);
  }
  return wanted == held;
}

// The hold was made before. An id that somebody else has is nobody's business.
Done retried_hold(const World& world, const InventoryState& inventory, const Hold& c,
                  std::uint32_t index) {
  const HoldRow& row = world.reserved.holds[index];
  if (row.subject != c.subject || row.inventory != inventory.number)
    return failed(Status::no_such_hold);
  const Wanted wanted = wanted_of(inventory, c);
  const bool is_over = row.is(HoldState::over);
  const bool same =
      wanted.count == row.count && (is_over || are_same_units(world, wanted.units, index));
  if (!same) return failed(Status::other_request);
  return about(is_over ? Status::hold_over : Status::already, index);
}

std::vector<std::string> taken_of(const InventoryState& inventory, const Wanted& wanted) {
  std::vector<std::string> taken;
  for (const std::uint32_t unit : wanted.units)
    if (inventory.units[unit] != UnitState::available) taken.push_back(inventory.map->name(unit));
  return taken;
}

Done make_hold(World& world, InventoryState& inventory, const Hold& c, const Wanted& wanted) {
  const ServiceTime now = world.clock.service_now();
  const reserve::Inventory& spec = inventory.map->inventory();
  const ServiceTime latest = now + spec.hold_most;
  HoldRow row;
  row.id = c.hold;
  row.subject = c.subject;
  row.fence = ++world.reserved.fence;
  row.deadline = ms(reserve::lease_end(spec, now, c.lease, latest));
  row.latest = ms(latest);
  row.made_at = ms(world.clock.now());
  row.inventory = inventory.number;
  row.count = wanted.count;
  if (world.has_fifth_rules()) row.priced = price_of(inventory, wanted.count, wanted.units) + 1;
  const std::uint32_t index = world.reserved.holds.insert(row, wanted.units);
  world.reserved.holds.add_to_account(inventory.number, c.subject, wanted.count);
  inventory.taken.held += wanted.count;
  ++inventory.held_total;
  world.reserved.inventories.remember(inventory.number);
  set_units(world, inventory, index, UnitState::held);
  count_changed(world, inventory, false);
  return about(Status::done, index);
}

struct Found {
  Status status = Status::done;
  std::uint32_t hold = 0;
};

// The hold that a command is about, whatever its state.
template <class C>
Found find_hold(const World& world, const C& c) {
  const InventoryState* inventory = world.reserved.inventories.find(c.inventory);
  if (inventory == nullptr) return {Status::no_such_inventory, 0};
  const auto found = world.reserved.holds.find(c.hold);
  if (!found) return {Status::no_such_hold, 0};
  const HoldRow& row = world.reserved.holds[*found];
  if (row.inventory != inventory->number || (c.by && *c.by != row.subject))
    return {Status::no_such_hold, 0};
  if (c.fence != 0 && c.fence != row.fence) return {Status::wrong_fence, 0};
  return {row.is(HoldState::over) ? Status::hold_over : Status::done, *found};
}

Done not_found(const Found& found) {
  return found.status == Status::hold_over ? about(found.status, found.hold) : failed(found.status);
}

bool may_become(const InventoryState& inventory, const reserve::SeatMap& map) {
  if (inventory.taken.all() == 0) return true;
  return map.units() >= inventory.taken.all() && map.keeps(*inventory.map);
}

bool fall_due_holds(World& world, Budget& budget) {
  const ServiceTime now = world.clock.service_now();
  while (budget.left > 0) {
    const auto index = world.reserved.holds.pop_due(now);
    if (!index) return true;
    const HoldRow& row = world.reserved.holds[*index];
    const std::uint32_t cost = 1 + (row.first_claim == 0 ? 0 : row.count / kUnitsInBudget);
    budget.left -= std::min(budget.left, cost);
    if (row.is(HoldState::over)) {
      forget_hold(world, *index);
    } else {
      end_hold(world, *index, EndReason::expired);
    }
  }
  return false;
}

// Looks at every hold of the shard until the last of these inventories is found: they are removed
// seldom.
bool end_holds_of_removed(World& world, Budget& budget) {
  InventoryRemoval& removal = world.reserved.removal;
  const HoldStore& holds = world.reserved.holds;
  for (; removal.left > 0 && removal.next < holds.holds().header().slots; ++removal.next) {
    if (!budget.take()) return false;
    const std::uint32_t index = removal.next;
    if (!holds.holds().is_live(index) || holds[index].is(HoldState::over)) continue;
    const InventoryState& inventory = *world.reserved.inventories.at(holds[index].inventory);
    if (!inventory.removing) continue;
    removal.left -= inventory.taken.all();
    end_hold(world, index, EndReason::inventory_removed);
    removal.left += inventory.taken.all();
  }
  return true;
}

bool remove_some(World& world, Budget& budget) {
  if (!end_holds_of_removed(world, budget)) return false;
  std::vector<std::uint32_t>& removed = world.reserved.removal.inventories;
  for (; !removed.empty(); removed.pop_back()) {
    if (!budget.take()) return false;
    const std::string name = world.reserved.inventories.at(removed.back())->name;
    world.reserved.inventories.remove(removed.back());
    world.rooms.mark_tied(name, true);
  }
  world.reserved.removal = {};
  return true;
}

}  // namespace

Done set_inventory(World& world, const SetInventory& c) {
  InventoryTable& table = world.reserved.inventories;
  InventoryState* inventory = table.find(c.inventory);
  const bool is_new = inventory == nullptr;
  if (!is_new && inventory->map->inventory() == c.spec && inventory->source == c.source)
    return failed(Status::already);
  auto map = std::make_shared<const reserve::SeatMap>(c.spec);
  if (!is_new && !may_become(*inventory, *map)) return failed(Status::inventory_in_use);
  const std::uint64_t units = c.spec.is_map() ? map->units() : 0;
  if (!may_have_units(world, c.inventory, units)) return failed(Status::too_many_inventories);
  if (is_new) inventory = table.add(c.inventory, world.has_second_rules());
  if (inventory == nullptr) return failed(Status::too_many_inventories);
  if (!table.set_map(*inventory, std::move(map))) {
    if (is_new) table.remove(inventory->number);
    return failed(Status::too_many_inventories);
  }
  inventory->source = c.source;
  count_changed(world, *inventory, true);
  if (is_new) world.rooms.mark_tied(c.inventory, true);
  return {};
}

void begin_removal(World& world, InventoryState& inventory) {
  if (inventory.removing) return;
  inventory.removing = true;
  world.reserved.removal.inventories.push_back(inventory.number);
  world.reserved.removal.left += inventory.taken.all();
  world.changes.inventories.push_back(inventory.number);
}

Done remove_inventory(World& world, const RemoveInventory& c) {
  InventoryState* inventory = world.reserved.inventories.find(c.inventory);
  if (inventory == nullptr) return failed(Status::no_such_inventory);
  begin_removal(world, *inventory);
  return {};
}

Status refusal_of(const World& world, const InventoryState& inventory, const Hold& c) {
  const Wanted wanted = wanted_of(inventory, c);
  if (wanted.status != Status::done) return wanted.status;
  const std::uint32_t before = world.reserved.holds.account(inventory.number, c.subject);
  const HoldVerdict verdict = reserve::decide_hold(
      inventory.map->inventory(), inventory.map->units(), inventory.taken, {wanted.count, before});
  return verdict == HoldVerdict::too_few ? Status::done : status_of(verdict);
}

Done hold(World& world, const Hold& c) {
  InventoryState* inventory = world.reserved.inventories.find(c.inventory);
  if (inventory == nullptr) return failed(Status::no_such_inventory);
  if (const auto same = world.reserved.holds.find(c.hold))
    return retried_hold(world, *inventory, c, *same);
  if (const Status refused = refusal_of(world, *inventory, c); refused != Status::done)
    return failed(refused);
  const Wanted wanted = wanted_of(*inventory, c);
  std::vector<std::string> taken = taken_of(*inventory, wanted);
  if (!taken.empty()) {
    Done done = failed(Status::unit_taken);
    done.taken = std::move(taken);
    return done;
  }
  if (wanted.count > inventory->available()) return failed(Status::too_few);
  if (inventory->remembered >= kMaxHolds || !may_hold(world, c.inventory))
    return failed(Status::too_many_holds);
  return make_hold(world, *inventory, c, wanted);
}

Done extend(World& world, const Extend& c) {
  const Found found = find_hold(world, c);
  if (found.status != Status::done) return not_found(found);
  const HoldRow& row = world.reserved.holds[found.hold];
  if (row.is(HoldState::confirmed)) return about(Status::hold_confirmed, found.hold);
  const reserve::Inventory& spec = world.reserved.inventories.at(row.inventory)->map->inventory();
  const ServiceTime end =
      reserve::lease_end(spec, world.clock.service_now(), c.lease, ServiceTime(Millis(row.latest)));
  world.reserved.holds.set_deadline(found.hold, end);
  return about(Status::done, found.hold);
}

Done confirm(World& world, const Confirm& c) {
  const Found found = find_hold(world, c);
  if (found.status != Status::done) return not_found(found);
  HoldStore& holds = world.reserved.holds;
  if (holds[found.hold].is(HoldState::confirmed)) return about(Status::already, found.hold);
  InventoryState& inventory = *world.reserved.inventories.at(holds[found.hold].inventory);
  holds.clear_deadline(found.hold);
  HoldRow& row = holds.edit(found.hold);
  row.state_bits = static_cast<std::uint8_t>(HoldState::confirmed);
  row.changed_at = ms(world.clock.now());
  inventory.taken.held -= row.count;
  inventory.taken.confirmed += row.count;
  ++inventory.confirmed_total;
  set_units(world, inventory, found.hold, UnitState::confirmed);
  count_changed(world, inventory, true);
  return about(Status::done, found.hold);
}

Done release(World& world, const Release& c) {
  const Found found = find_hold(world, c);
  if (found.status != Status::done) return not_found(found);
  const bool is_confirmed = world.reserved.holds[found.hold].is(HoldState::confirmed);
  if (is_confirmed && c.by) return about(Status::hold_confirmed, found.hold);
  end_hold(world, found.hold, is_confirmed ? EndReason::cancelled : EndReason::released);
  return about(Status::done, found.hold);
}

bool fall_due_reserved(World& world, Budget& budget) {
  if (!fall_due_holds(world, budget)) return false;
  const ServiceTime now = world.clock.service_now();
  while (budget.left > 0) {
    InventoryState* inventory = world.reserved.inventories.pop_reopening(now);
    if (inventory == nullptr) return fall_due_locks(world, budget);
    budget.take();
    inventory->sold_out = false;
    world.changes.inventories.push_back(inventory->number);
    world.rooms.mark_tied(inventory->name, true);
  }
  return false;
}

bool settle_reserved(World& world, Budget& budget) {
  if (!world.reserved.removing_locks_of.empty() && !drop_locks(world, budget)) return false;
  return world.reserved.removal.inventories.empty() || remove_some(world, budget);
}

std::optional<ServiceTime> next_due_reserved(const World& world) {
  std::optional<ServiceTime> due = world.reserved.holds.first_deadline();
  for (const auto& other :
       {world.reserved.inventories.first_reopening(), world.reserved.locks.first_due()})
    if (other) due = due ? std::min(*due, *other) : other;
  return due;
}

}  // namespace doorward::engine
