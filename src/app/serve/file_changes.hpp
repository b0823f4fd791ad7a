// How what changed in the configuration file reaches the log.
//
// Why:     the same for rooms, rules, tenants and inventories: what the log takes is remembered,
//          what it refuses is named and said anew by the next start or reload.
// Threads: single owner, on a thread that is no event loop.
// Errors:  invalid: the log refuses something, by name; the rest is in force. conflict: so it is,
//          but for what others changed since it was read. overloaded and unavailable may be tried
//          again. Those of the memory's files.
#pragma once

#include "app/serve/file_memory.hpp"
#include "base/result.hpp"
#include "engine/shard.hpp"

#include <functional>
#include <string>
#include <vector>

namespace doorward::app {

struct FileChanges {
  // Removals first: what goes makes room for what comes. Each is of what was read, by its digest.
  std::vector<engine::Command> commands;
  Fingerprints said;  // by the file as it is now
};

// Appends the commands and waits until they are applied. Those that were not are dropped, and of
// them `said` goes back to what it was `before`. What is there or gone already is no fault.
Result<> apply(engine::Shard& shard, FileChanges& changes, const Fingerprints& before);

// The same, and remembers `said`.
Result<> apply_and_remember(engine::Shard& shard, FileChanges& changes, const Fingerprints& before,
                            const FileMemory& memory, const char* file);

// Reads and applies anew while others change meanwhile what was read. overloaded: all the time.
Result<> until_settled(const std::function<Result<>()>& apply);

}  // namespace doorward::app
