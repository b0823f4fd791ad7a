// What commands and time do to locks.
//
// Why:     the only functions that change them, so that fences, waiters and nodes always agree.
// Time:    O(log n), and the waiters of one lock.
// Spec:    docs/reservations.md, "Locks".
#pragma once

#include "engine/commands.hpp"

namespace doorward::engine {

// `node` is the slot of the node that wrote the command, where the caller waits.
Done acquire_lock(World& world, NodeTable::Slot node, const AcquireLock& c);
Done renew_lock(World& world, const RenewLock& c);
Done release_lock(World& world, NodeTable::Slot node, const ReleaseLock& c);
// Takes all locks away from the tenant that is being removed, and answers those who wait for them.
// False if the budget ran out; then call again.
bool drop_locks(World& world, Budget& budget);
// Leases and patience that ended. False if the budget ran out; then call again.
bool fall_due_locks(World& world, Budget& budget);

}  // namespace doorward::engine
