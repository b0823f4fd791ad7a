#include "engine/tenancy.hpp"

#include "engine/admission.hpp"
#include "engine/reservations.hpp"

#include <cstdint>

namespace doorward::engine {
namespace {

const tenant::Tenant* tenant_of(const World& world, std::string_view full_name) {
  return world.tenants.find(tenant::split(full_name).tenant);
}

bool is_default(std::string_view full_name) {
  return full_name.find('/') == std::string_view::npos;
}

// Null: nothing bounds what it is about but what bounds all.
const tenant::Settings* bounds_of(const World& world, std::string_view full_name) {
  if (is_default(full_name) || !world.has_second_rules()) return nullptr;
  const tenant::Tenant* tenant = tenant_of(world, full_name);
  return tenant == nullptr ? nullptr : &tenant->settings;
}

}  // namespace

Status may_make_room(const World& world, std::string_view full_name) {
  if (is_default(full_name)) return Status::done;
  const tenant::Tenant* tenant = tenant_of(world, full_name);
  if (tenant == nullptr) return Status::no_such_tenant;
  std::size_t count = 0;
  world.rooms.for_each_of(tenant->name, [&](const Room&) { ++count; });
  return count < tenant->settings.rooms ? Status::done : Status::too_many_rooms;
}

Status may_make_rule(const World& world, std::string_view full_name) {
  if (is_default(full_name)) return Status::done;
  const tenant::Tenant* tenant = tenant_of(world, full_name);
  if (tenant == nullptr) return Status::no_such_tenant;
  const bool is_there = world.rules.has(full_name);
  if (is_there || world.rules.count_of(tenant->name) < tenant->settings.rules) return Status::done;
  return Status::too_many_rules;
}

Status may_make_inventory(const World& world, std::string_view full_name) {
  if (is_default(full_name)) return Status::done;
  const tenant::Tenant* tenant = tenant_of(world, full_name);
  if (tenant == nullptr) return Status::no_such_tenant;
  const InventoryTable& table = world.reserved.inventories;
  const std::size_t own = table.find(full_name) == nullptr ? 0 : 1;
  // The bound may have been lowered since.
  if (own > 0 && world.has_second_rules()) return Status::done;
  const std::size_t others = table.use_of(tenant->name).inventories - own;
  return others < tenant->settings.rooms ? Status::done : Status::too_many_inventories;
}

Status may_lock(const World& world, std::string_view full_name) {
  if (is_default(full_name) || !world.has_second_rules()) return Status::done;
  const tenant::Settings* bounds = bounds_of(world, full_name);
  if (bounds == nullptr) return Status::no_such_tenant;
  const LockTable& locks = world.reserved.locks;
  if (locks.find(full_name) != nullptr) return Status::done;
  const std::size_t held = locks.use_of(tenant::split(full_name).tenant).locks;
  return held < bounds->locks ? Status::done : Status::too_many_locks;
}

bool may_wait_for_lock(const World& world, std::string_view full_name) {
  const LockTable& locks = world.reserved.locks;
  if (locks.waiting() >= kMaxAllWaiters) return false;
  const tenant::Settings* bounds = bounds_of(world, full_name);
  return bounds == nullptr || locks.use_of(tenant::split(full_name).tenant).waiters < bounds->locks;
}

bool may_have_units(const World& world, std::string_view inventory, std::uint64_t units) {
  const tenant::Settings* bounds = bounds_of(world, inventory);
  if (bounds == nullptr) return true;
  const InventoryTable& table = world.reserved.inventories;
  const InventoryState* present = table.find(inventory);
  const std::uint64_t before = present == nullptr ? 0 : present->units.size();
  const std::uint64_t all = table.use_of(tenant::split(inventory).tenant).units;
  // Who has more than may be, since the bound was lowered, may have less.
  return units <= before || all - before + units <= bounds->units;
}

bool may_hold(const World& world, std::string_view inventory) {
  const tenant::Settings* bounds = bounds_of(world, inventory);
  return bounds == nullptr ||
         world.reserved.inventories.use_of(tenant::split(inventory).tenant).holds < bounds->holds;
}

bool may_wait(const World& world, const Room& room) {
  if (is_default(room.name)) return true;
  const tenant::Tenant* tenant = tenant_of(world, room.name);
  if (tenant == nullptr || !tenant->settings.max_waiting) return true;
  std::uint64_t waiting = 0;
  world.rooms.for_each_of(tenant->name, [&](const Room& own) { waiting += own.waiting; });
  return waiting < *tenant->settings.max_waiting;
}

Status remove_tenant(World& world, std::string_view name) {
  const Status status = world.tenants.remove(name);
  if (status != Status::done) return status;
  if (world.rules.remove_all_of(name)) world.changes.rules.emplace(name);
  world.rooms.for_each_of(name, [&](Room& room) { begin_removal(world, room); });
  if (world.has_second_rules()) world.reserved.removing_locks_of = name;
  if (world.has_fourth_rules())
    world.reserved.inventories.for_each_of(
        name, [&](InventoryState& inventory) { begin_removal(world, inventory); });
  return status;
}

void remove_orphans(World& world) {
  world.reserved.inventories.for_each([&](InventoryState& inventory) {
    const bool is_orphan =
        !is_default(inventory.name) && tenant_of(world, inventory.name) == nullptr;
    if (is_orphan) begin_removal(world, inventory);
  });
}

}  // namespace doorward::engine
