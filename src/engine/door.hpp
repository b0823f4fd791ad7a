// Whether there is room for what a command would make: asked before it is appended.
//
// Why:     these bounds are this program's, not the log's. A command that stands in the log is
//          applied whatever they are, so that every node, and every replay, comes to one state.
//          And what would be refused by the state as it is costs no disk: anybody may ask.
// Bounds:  Options::max_tickets, those counted that are closed and remembered; kMaxOverHolds of one
//          subject and inventory. What is on its way, a queue full at most, comes on top.
// Threads: the committer's; looks at the state as a reader.
#pragma once

#include "engine/shard_core.hpp"

namespace doorward::engine {

// Whoever holds and gives back in a loop must not use up what others may have remembered.
inline constexpr std::uint32_t kMaxOverHolds = 1'000;

struct Asked {
  Status status = Status::done;  // `done`: let it pass
  bool may_change = false;  // something has ended by the clock, and the record of it is to come
};
Asked ask_at_door(const ShardCore& core, const Command& command, bool is_full);

}  // namespace doorward::engine
