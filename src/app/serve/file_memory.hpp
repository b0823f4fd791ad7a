// What the configuration file said last about rooms, rules, tenants and inventories, kept in the
// data folder.
//
// Why:     what the admin API did since stays until the file says something new. The memory belongs
//          to one log: beside another (a new database, a backup, Redis in place of SQLite) it is
//          empty, or all that it names would be missing there for good.
// Threads: single owner.
// Errors:  unavailable: a file cannot be read or written; corrupt: it does not hold what it should.
// Spec:    docs/operations.md, "The data folder".
#pragma once

#include "base/result.hpp"
#include "ports/command_log.hpp"

#include <filesystem>
#include <map>
#include <string>

namespace doorward::app {

// What the file said about each thing, by name: of a room its policy as JSON, of others a
// fingerprint.
using Fingerprints = std::map<std::string, std::string>;

inline constexpr const char* kRoomsOfFile = "rooms-of-file.json";
inline constexpr const char* kRulesOfFile = "rules-of-file.json";
inline constexpr const char* kTenantsOfFile = "tenants-of-file.json";
inline constexpr const char* kInventoriesOfFile = "inventories-of-file.json";

class FileMemory {
 public:
  // `folder` empty: nothing is remembered. `log`: its mark. Drops what is of another log, and what
  // is of one that was further than `applied`: the log as it is when it is opened.
  static Result<FileMemory> open(std::filesystem::path folder, std::string log,
                                 const ports::LogPosition& applied);

  // Nothing where there is no such file.
  Result<Fingerprints> read(const char* file) const;
  Result<> write(const char* file, const Fingerprints& said,
                 const ports::LogPosition& applied) const;

 private:
  FileMemory(std::filesystem::path folder, std::string log)
      : folder_(std::move(folder)), log_(std::move(log)) {}

  std::filesystem::path folder_;
  std::string log_;
};

}  // namespace doorward::app
