// The calls of the train ticket reservation, for its clients to move here unchanged.
//
// Why:     wire shapes only: what is sold is an inventory, who waits is in a room, and the lock is
//          any lock.
// Threads: thread-safe.
// Errors:  as that system's framework gives them: {"detail":"…"}.
// Spec:    docs/migrate/train-reservation.md.
#pragma once

#include "api/compat/system.hpp"

namespace doorward::api::train_reservation {

extern const compat::System kSystem;

}  // namespace doorward::api::train_reservation
