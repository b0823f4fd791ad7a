// The rooms of the configuration file, brought to the log only where the file has changed.
//
// Why:     the log is the truth. What the admin API did to a room since stays, also over a restart,
//          until the file says something new about that room. The data folder remembers what the
//          file said last.
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

std::string fingerprint(const room::Policy& policy);

FileChanges changes_of(const std::vector<config::RoomSettings>& rooms, const Fingerprints& before,
                       const std::vector<engine::RoomEntry>& present);

// Appends what changed and waits until it is applied.
Result<> apply_file_rooms(const std::vector<config::RoomSettings>& rooms, const FileMemory& memory,
                          engine::Shard& shard, Log& log);

}  // namespace doorward::app
