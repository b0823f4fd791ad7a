// What commands and time do to inventories and holds.
//
// Why:     the only functions that change them, so that units, counts, accounts, deadlines and the
//          rooms that depend on an inventory always agree.
// Time:    O(log n) a hold, and its units.
// Errors:  a command that cannot be done changes nothing and says why by its Status.
// Spec:    docs/reservations.md.
#pragma once

#include "engine/commands.hpp"

namespace doorward::engine {

// From the last unit taken until an inventory counts as sold out no more, once one is free again.
inline constexpr Millis kReopenAfter{1'000};

Done set_inventory(World& world, const SetInventory& c);
// Why these units cannot be held, whichever are free; `done`: it depends on that.
Status refusal_of(const World& world, const InventoryState& inventory, const Hold& c);
Done remove_inventory(World& world, const RemoveInventory& c);
// The inventory is to be removed by `settle_reserved`, with others of the same record.
void begin_removal(World& world, InventoryState& inventory);
Done hold(World& world, const Hold& c);
Done extend(World& world, const Extend& c);
Done confirm(World& world, const Confirm& c);
Done release(World& world, const Release& c);

// Leases of holds and locks that ended, holds to be forgotten, inventories that open again. False
// if the budget ran out; then call again.
bool fall_due_reserved(World& world, Budget& budget);
// Goes on with the removal of an inventory, or of a tenant's locks, if there is one.
bool settle_reserved(World& world, Budget& budget);
// When the next of these is due, in service time.
std::optional<ServiceTime> next_due_reserved(const World& world);

}  // namespace doorward::engine
