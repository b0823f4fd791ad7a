// What belongs to a tenant: how much of it there may be, and its end with the tenant's.
//
// Why:     rooms and rules know their tenant by their full name alone; here the two meet.
// Spec:    docs/tenants.md.
#pragma once

#include "engine/world.hpp"

#include <cstdint>
#include <string_view>

namespace doorward::engine {

// Whether a room, rule or inventory of that full name may be made: done, no_such_tenant, or that
// there are too many.
Status may_make_room(const World& world, std::string_view full_name);
Status may_make_rule(const World& world, std::string_view full_name);
Status may_make_inventory(const World& world, std::string_view full_name);
// Whether the lock of that full name may be taken: done, no_such_tenant or too_many_locks.
Status may_lock(const World& world, std::string_view full_name);
bool may_wait_for_lock(const World& world, std::string_view full_name);
// Whether this inventory may have so many units by name, and one more hold.
bool may_have_units(const World& world, std::string_view inventory, std::uint64_t units);
bool may_hold(const World& world, std::string_view inventory);

// Whether one more may wait in the rooms of this room's tenant.
bool may_wait(const World& world, const Room& room);

// The tenant with its keys and rules; its rooms are removed by `settle`, its locks and inventories
// by `settle_reserved`.
Status remove_tenant(World& world, std::string_view name);
// Removes inventories whose tenant is gone, which earlier rules left behind.
void remove_orphans(World& world);

}  // namespace doorward::engine
