// A shard without its threads: what commits, applies and keeps, and whoever owns it turns them.
//
// Why:     the threads are loops around one step each; the simulator takes the same steps by hand,
//          in an order that follows from a seed.
// Ownership: as Shard.
// Threads: `push` from any thread; the committer, the applier and the keeper each from one.
#pragma once

#include "engine/applier.hpp"
#include "engine/committer.hpp"
#include "engine/keeper.hpp"
#include "engine/shard_core.hpp"

#include <utility>

namespace doorward::engine {

struct ShardParts {
  ShardParts(ports::CommandLog& log, const ports::Clock& clock, ports::Entropy& entropy,
             Listener& listener, Shard::Options options)
      : core(log, clock, entropy, listener, std::move(options)) {}

  // Loads the latest snapshot, replays what follows it, and draws the node's id.
  Result<> start();
  Result<> push(Submitted item);
  // Once nothing turns any more: answers whoever still waits, and writes a last snapshot.
  void finish();

  ShardHealth health() const {
    const bool broken = core.broken;
    return {.writable = core.writable && !broken, .broken = broken};
  }

  ShardCore core;
  Keeper keeper{core};
  Applier applier{core, keeper};
  Committer committer{core};
};

}  // namespace doorward::engine
