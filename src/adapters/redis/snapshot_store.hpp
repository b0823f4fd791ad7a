// Snapshots in Redis: a list of pieces each, and one hash that names them.
//
// Why:     in Redis and not in a node's folder, so that a node that joins with an empty folder can
//          start after the log was trimmed. The hash is changed last, so a snapshot is whole or not
//          there.
// Ownership: the connection and the keys outlive everything here.
// Threads: single-owner, the keeper; also the writers and readers, since they share its connection.
// Bounds:  pieces of 256 KiB; the two newest snapshots are kept; what a node that died left half
//          written goes after 10 minutes.
// Errors:  unavailable; from a reader also closed, if the snapshot gave way to newer ones, and
//          corrupt at its end, if the bytes changed since it was opened.
// Spec:    docs/storage.md.
#pragma once

#include "adapters/redis/connection.hpp"
#include "adapters/redis/keys.hpp"
#include "adapters/warn.hpp"
#include "base/result.hpp"
#include "ports/command_log.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace doorward::adapters::redis {

struct KeptSnapshot {
  ports::LogPosition at;
  SnapshotMeta meta;
  friend bool operator==(const KeptSnapshot&, const KeptSnapshot&) = default;
};

class SnapshotStore {
 public:
  SnapshotStore(Connection& connection, const Keys& keys, Warn warn)
      : redis_(connection), keys_(keys), warn_(std::move(warn)) {}

  Result<std::unique_ptr<ports::SnapshotWriter>> begin(const ports::LogPosition& at,
                                                       std::uint32_t entry_checksum);
  // By position, oldest first.
  Result<std::vector<KeptSnapshot>> list();
  // Null if it is not what was written, which is said, or gave way to newer ones.
  Result<std::unique_ptr<ports::SnapshotReader>> open(const KeptSnapshot& kept);

 private:
  friend class StoreWriter;
  Result<bool> check(const std::string& list, const SnapshotMeta& meta);
  Result<bool> is_named(const KeptSnapshot& kept);
  Result<> publish(const KeptSnapshot& kept);
  Result<> remove_older();

  Connection& redis_;
  const Keys& keys_;
  Warn warn_;
};

}  // namespace doorward::adapters::redis
