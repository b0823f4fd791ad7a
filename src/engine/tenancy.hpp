// What belongs to a tenant: how much of it there may be, and its end with the tenant's.
//
// Why:     rooms and rules know their tenant by their full name alone; here the two meet.
// Spec:    docs/tenants.md.
#pragma once

#include "engine/world.hpp"

#include <string_view>

namespace doorward::engine {

// Whether a room, rule or inventory of that full name may be made: done, no_such_tenant, or that
// there are too many.
Status may_make_room(const World& world, std::string_view full_name);
Status may_make_rule(const World& world, std::string_view full_name);
Status may_make_inventory(const World& world, std::string_view full_name);

// Whether one more may wait in the rooms of this room's tenant.
bool may_wait(const World& world, const Room& room);

// The tenant with its keys and rules; its rooms are removed by `settle`. Its inventories are to be
// removed before.
Status remove_tenant(World& world, std::string_view name);

}  // namespace doorward::engine
