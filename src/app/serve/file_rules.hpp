// The rules of the configuration file, brought to the log only where the file has changed.
//
// Why:     as file_rooms: what the admin API did to a rule since stays, also over a restart, until
//          the file says something new about that rule.
// Threads: single owner.
// Errors:  those of the files and of the log; overloaded and unavailable may be tried again.
// Spec:    docs/operations.md, "Rooms in the file and rooms by the admin API".
#pragma once

#include "app/config/config.hpp"
#include "app/observe/log.hpp"
#include "app/serve/file_changes.hpp"

namespace doorward::app {

std::string fingerprint(const limit::Rule& rule);

FileChanges changes_of(const std::vector<config::RuleSettings>& rules, const Fingerprints& before,
                       const limit::RuleSet& present);
FileChanges changes_of_all(const std::vector<config::RuleSettings>& rules,
                           const Fingerprints& before, const engine::Shard& shard);

// Appends what changed and waits until it is applied.
Result<> apply_file_rules(const std::vector<config::RuleSettings>& rules, const FileMemory& memory,
                          engine::Shard& shard, Log& log);

}  // namespace doorward::app
