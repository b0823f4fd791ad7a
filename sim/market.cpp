#include "market.hpp"

#include "engine/digest.hpp"

namespace doorward::sim {

using engine::Status;
using reserve::EndReason;
using reserve::HoldState;
using reserve::UnitState;

std::optional<std::string> Market::after(const engine::World& world, const engine::Batch& batch,
                                         const std::vector<engine::Outcome>& outcomes,
                                         Millis service) {
  world_ = &world;
  service_ = service;
  released_.clear();
  for (std::size_t i = 0; i < batch.commands.size(); ++i) follow(batch.commands[i], outcomes[i]);
  check_holds();
  check_inventories();
  check_locks();
  fence_ = world.reserved.fence;
  return failure_;
}

void Market::promise(const reserve::HoldId& id, const engine::Outcome& outcome) {
  if (outcome.status != Status::done || !outcome.hold->expires_at) return;
  promised_[id] = service_ + (*outcome.hold->expires_at - world_->clock.now());
}

void Market::follow(const engine::Command& command, const engine::Outcome& outcome) {
  if (const auto* hold = std::get_if<engine::Hold>(&command)) promise(hold->hold, outcome);
  if (const auto* extend = std::get_if<engine::Extend>(&command)) promise(extend->hold, outcome);
  if (const auto* confirm = std::get_if<engine::Confirm>(&command)) {
    if (outcome.status == Status::done && promised_[confirm->hold] <= service_)
      fail("hold: one was confirmed after its lease");
  }
  const auto has_lock = outcome.lock && outcome.lock->is_held;
  if (const auto* acquire = std::get_if<engine::AcquireLock>(&command)) {
    if (outcome.status == Status::done) lock_promised_[acquire->id] = service_ + acquire->lease;
    if (outcome.status == Status::done && !has_lock) fail("lock: acquired by somebody else");
  }
  if (const auto* renew = std::get_if<engine::RenewLock>(&command)) {
    if (outcome.status == Status::done) lock_promised_[renew->id] = service_ + renew->lease;
  }
  if (const auto* release = std::get_if<engine::ReleaseLock>(&command)) {
    if (outcome.status != Status::done) return;
    released_.insert(release->id);
    lock_promised_.erase(release->id);
  }
  if (outcome.status == Status::done || outcome.status == Status::already) follow_change(command);
}

void Market::follow_change(const engine::Command& command) {
  const auto check = [this](const std::string& name, const std::optional<engine::Digest>& seen) {
    const auto known = specs_.find(name);
    if (engine::is_another(seen, known == specs_.end() ? nullptr : &known->second))
      fail("change: inventory " + name + " was another");
  };
  if (const auto* set = std::get_if<engine::SetInventory>(&command)) {
    check(set->inventory, set->seen);
    specs_[set->inventory] = set->spec;
  }
  if (const auto* gone = std::get_if<engine::RemoveInventory>(&command)) {
    check(gone->inventory, gone->seen);
    specs_.erase(gone->inventory);
  }
}

void Market::check_holds() {
  Holds now;
  sums_.clear();
  const engine::HoldStore& store = world_->reserved.holds;
  store.holds().for_each(
      [&](std::uint32_t index, const engine::HoldRow& row) { check_hold(index, row, now); });
  for (const auto& [id, known] : holds_) {
    if (!now.contains(id) && known.state != HoldState::over) fail("hold: one is lost");
    if (!now.contains(id)) promised_.erase(id);
  }
  holds_ = std::move(now);
}

void Market::check_hold(std::uint32_t index, const engine::HoldRow& row, Holds& now) {
  now[row.id] = {row.state(), row.fence};
  const auto before = holds_.find(row.id);
  check_change(row, before == holds_.end() ? nullptr : &before->second);
  const ServiceTime service = world_->clock.service_now();
  const bool has_deadline = !row.is(HoldState::confirmed);
  if (has_deadline && ServiceTime(Millis(row.deadline)) <= service)
    fail("hold: a deadline passed and nothing happened");
  if (row.is(HoldState::over)) return;
  Sums& sums = sums_[row.inventory];
  (row.is(HoldState::held) ? sums.held : sums.confirmed) += row.count;
  sums.subjects[row.subject] += row.count;
  for (const std::uint32_t unit : world_->reserved.holds.units_of(index)) {
    if (!sums.units.insert(unit).second) fail("hold: a unit is taken twice");
  }
}

void Market::check_change(const engine::HoldRow& row, const Known* before) {
  // A late retry of a hold that was forgotten in this entry begins a new life.
  const bool is_reborn =
      before != nullptr && before->state == HoldState::over && row.fence > fence_;
  if (before == nullptr || is_reborn) {
    if (row.fence <= fence_) fail("fence: that of a new hold is not above those before");
    return;
  }
  const bool ended = row.is(HoldState::over) && before->state != HoldState::over;
  if (row.fence != before->fence) fail("fence: that of a hold changed");
  if (row.state() < before->state) fail("hold: one that was done came back");
  const bool by_operator =
      row.reason() == EndReason::cancelled || row.reason() == EndReason::inventory_removed;
  // One that was held before the entry may have been confirmed and cancelled in it.
  if (ended && before->state == HoldState::confirmed && !by_operator)
    fail("hold: a confirmed one ended by itself");
  if (ended && row.reason() == EndReason::expired && service_ < promised_[row.id])
    fail("hold: a lease was cut short");
}

void Market::check_inventories() {
  world_->reserved.inventories.for_each([&](const engine::InventoryState& inventory) {
    const Sums& sums = sums_[inventory.number];
    const std::string& name = inventory.name;
    if (inventory.taken.held != sums.held || inventory.taken.confirmed != sums.confirmed)
      fail("counts: those of inventory " + name + " are wrong");
    const std::uint32_t units = inventory.map->units();
    if (sums.held + sums.confirmed > units) fail("oversold: inventory " + name);
    for (const auto& [subject, count] : sums.subjects) {
      if (world_->reserved.holds.account(inventory.number, subject) != count)
        fail("counts: the account of a subject in inventory " + name + " is wrong");
    }
    for (std::uint32_t unit = 0; unit < inventory.units.size(); ++unit) {
      const bool is_taken = inventory.units[unit] != UnitState::available;
      if (is_taken != sums.units.contains(unit)) fail("units: those of " + name + " are wrong");
    }
    const bool is_empty = sums.held + sums.confirmed == units;
    const bool opens = inventory.reopens && *inventory.reopens > world_->clock.service_now();
    if ((is_empty && !inventory.sold_out) || (!is_empty && inventory.sold_out && !opens))
      fail("sold out: inventory " + name + " does not say what it is");
  });
  world_->rooms.for_each([&](const engine::Room& room) {
    const auto* sells =
        room.tied_to.empty() ? nullptr : world_->reserved.inventories.find(room.tied_to);
    const bool is_missing = !room.tied_to.empty() && sells == nullptr;
    const bool sells_nothing =
        is_missing ? world_->has_third_rules() : sells != nullptr && sells->sold_out;
    if (room.sold_out != sells_nothing) fail("sold out: room " + room.name + " does not know it");
  });
}

void Market::check_locks() {
  std::map<std::string, reserve::Lock::Holder> now;
  world_->reserved.locks.for_each([&](const std::string& name, const reserve::Lock& lock) {
    check_lock(name, lock);
    if (lock.holder()) now[name] = *lock.holder();
  });
  for (const auto& [name, holder] : lock_holders_) {
    const auto found = now.find(name);
    if (found != now.end() && found->second.id == holder.id) continue;
    const bool ended = released_.contains(holder.id) || lock_promised_[holder.id] <= service_;
    if (!ended) fail("lock: " + name + " was taken from its holder");
  }
  lock_holders_ = std::move(now);
}

void Market::check_lock(const std::string& name, const reserve::Lock& lock) {
  const ServiceTime service = world_->clock.service_now();
  if (!lock.holder()) return fail("lock: " + name + " has waiters and no holder");
  if (lock.holder()->until <= service) fail("lock: the lease of " + name + " ended unseen");
  const auto before = lock_holders_.find(name);
  const bool is_new = before == lock_holders_.end() || before->second.id != lock.holder()->id;
  if (is_new && lock.holder()->fence <= fence_) fail("fence: that of " + name + " did not grow");
  // Whoever waited is not seen by an outcome.
  const Millis lease = lock.holder()->until - service;
  if (is_new && lock_promised_[lock.holder()->id] <= service_)
    lock_promised_[lock.holder()->id] = service_ + lease;
  for (const reserve::Lock::Waiter& waiter : lock.waiters()) {
    if (waiter.until <= service) fail("lock: somebody waits for " + name + " for too long");
  }
}

}  // namespace doorward::sim
