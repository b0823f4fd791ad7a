// What the configuration file said last about rooms or rules, and how its changes reach the log.
//
// Why:     shared by file_rooms and file_rules.
// Threads: single owner, on a thread that is no event loop.
// Errors:  those of the files and of the log; overloaded and unavailable may be tried again.
#pragma once

#include "base/result.hpp"
#include "engine/shard.hpp"

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace doorward::app {

// What the file said about each thing, as fingerprints by name.
using Fingerprints = std::map<std::string, std::string>;

// Nothing where there is no such file or no folder.
Result<Fingerprints> read_said(const std::filesystem::path& folder, const char* file);
Result<> write_said(const std::filesystem::path& folder, const char* file,
                    const Fingerprints& said);

// Appends them and waits until they are applied. What is there or gone already is no fault.
Result<> apply_commands(engine::Shard& shard, std::vector<engine::Command> commands);

}  // namespace doorward::app
