// Snapshots as files beside the database: written in pieces, whole or not there.
//
// Why:     a snapshot in the database would stand in the way of appends. It is made durable, and
//          removed, piece by piece, since a file system may hold up the log's own sync until all of
//          it is done.
// Ownership: the folder outlives everything here; a writer destroyed before `commit` removes its
//          file.
// Threads: single-owner (the keeper), except that readers and writers are their callers'.
// Bounds:  the two newest are kept.
// Errors:  unavailable; a damaged file is passed over with a warning.
// Spec:    docs/storage.md.
#pragma once

#include "adapters/warn.hpp"
#include "base/result.hpp"
#include "ports/command_log.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

namespace doorward::adapters::sqlite {

// Which row a snapshot follows; the checksum tells it from a row of another log.
struct SnapshotMark {
  std::uint64_t number = 0;
  std::uint32_t checksum = 0;
  friend bool operator==(const SnapshotMark&, const SnapshotMark&) = default;
};

class SnapshotFiles {
 public:
  SnapshotFiles(std::filesystem::path folder, Warn warn);

  Result<std::unique_ptr<ports::SnapshotWriter>> begin(const SnapshotMark& mark);
  // By number, oldest first; files that are no snapshot are left out.
  std::vector<SnapshotMark> list() const;
  // Null if its bytes fail their checksum.
  Result<std::unique_ptr<ports::SnapshotReader>> open(const SnapshotMark& mark) const;
  // Takes a snapshot out of use, for a person to look at.
  void set_aside(const SnapshotMark& mark) const;
  // Removes what a process that died left half written.
  void remove_unfinished() const;

 private:
  std::filesystem::path folder_;
  Warn warn_;
};

}  // namespace doorward::adapters::sqlite
