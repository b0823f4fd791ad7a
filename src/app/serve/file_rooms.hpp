// The rooms of the configuration file, brought to the log only where the file has changed.
//
// Why:     the log is the truth. What the admin API set of a room stays, also over a restart, until
//          the file says something new of that field. So this is a merge of three: what the file
//          said last, which the data folder remembers, what it says now, and what is in force.
//          Fields are the members of a policy's JSON (wire/policy_json.hpp).
// Threads: single owner.
// Errors:  those of the files and of the log; overloaded and unavailable may be tried again.
// Spec:    docs/operations.md, "Rooms in the file and rooms by the admin API".
#pragma once

#include "app/config/config.hpp"
#include "app/observe/log.hpp"
#include "app/serve/file_changes.hpp"
#include "base/result.hpp"
#include "engine/shard.hpp"

#include <string>
#include <vector>

namespace doorward::app {

// The names of the fields that differ.
std::vector<std::string> fields_changed(const room::Policy& from, const room::Policy& to);

// What the memory of an older version holds in place of a policy.
std::string fingerprint(const room::Policy& policy);

// `before` holds of each room its policy as JSON, or a fingerprint. Where there is none, or only
// that, or what would come of the merge is no valid policy, a room is set whole.
FileChanges changes_of(const std::vector<config::RoomSettings>& rooms, const Fingerprints& before,
                       const std::vector<engine::RoomEntry>& present);

// Appends what changed and waits until it is applied.
Result<> apply_file_rooms(const std::vector<config::RoomSettings>& rooms, const FileMemory& memory,
                          engine::Shard& shard, Log& log);

}  // namespace doorward::app
