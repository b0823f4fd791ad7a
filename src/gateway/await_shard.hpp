// Waiting for a command of the shard inside a coroutine of an event loop.
//
// Why:     the shard's applier completes a whole batch at once; each loop is woken once for all of
//          its commands in it, and not once for each.
// Time:    waits as long as the shard takes; the shard answers every command, also when it stops.
// Ownership: the shard ends before the loops' execution contexts do.
// Threads: call on a loop; the coroutine goes on there.
// Errors:  overloaded: the shard's queue is full, and nothing was taken.
#pragma once

#include "edge/exchange.hpp"
#include "engine/shard.hpp"

namespace doorward::gateway {

// Hand over a command that has a name: GCC 12 destroys a temporary of braces in a co_await twice.
edge::Task<Result<engine::Outcome>> await_shard(engine::Shard& shard, engine::Command command);

// Waits until the shard has applied what stands at `position`, at most 200 ms. False: it is behind.
edge::Task<bool> await_position(const engine::Shard& shard, ports::LogPosition position);

}  // namespace doorward::gateway
