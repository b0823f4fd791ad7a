// The names that a shard's log uses in Redis, and the text of positions there.
//
// Spec:    docs/storage.md.
#pragma once

#include "ports/command_log.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace doorward::adapters::redis {

// The braces keep a shard's keys on one node of a Redis Cluster.
struct Keys {
  explicit Keys(const std::string& shard, std::uint64_t epoch = 0)
      : base("doorward:{" + shard + "}"),
        format(base + ":format"),
        mark(base + ":mark"),
        log(base + ":log:" + std::to_string(epoch)),
        snapshots(base + ":snapshots"),
        snapshot_count(base + ":snapshot-count") {}

  std::string snapshot(std::string_view name) const {
    return base + ":snapshot:" + std::string(name);
  }

  std::string base;
  std::string format;          // string: version of what is described here
  std::string mark;            // string: see ports/log_mark.hpp
  std::string log;             // stream: one entry a batch
  std::string snapshots;       // hash: position → SnapshotMeta as text
  std::string snapshot_count;  // counter that names snapshots
};

// "1700000000000-0", the id of a stream's entry.
std::string entry_id(const ports::LogPosition& at);
std::optional<ports::LogPosition> parse_entry_id(std::string_view id, std::uint64_t epoch);

struct SnapshotMeta {
  std::string name;  // of the list with the pieces
  std::uint64_t pieces = 0;
  std::uint32_t checksum = 0;  // of all bytes
  std::uint32_t entry = 0;     // checksum of the entry that it follows
  friend bool operator==(const SnapshotMeta&, const SnapshotMeta&) = default;
};

std::string to_text(const SnapshotMeta& meta);  // "name pieces checksum entry"
std::optional<SnapshotMeta> parse_meta(std::string_view text);

}  // namespace doorward::adapters::redis
