// The command log: one order, one durable place and one time for every command of a shard.
//
// Why:     the log decides order, time and durability, and nothing else; it does not look into a
//          batch.
// Time:    an entry's time is given by the log and never goes back, whatever the wall clock does.
// Ownership: whatever a log was made from (a data folder, a connection) outlives it.
// Threads: three roles, each on at most one thread at a time, all three at once: the appender
//          (`append`), the reader (`read`), the keeper (`begin_snapshot`, `latest_snapshot`,
//          `trim`). `interrupt` may come from anywhere.
// Bounds:  a batch is at most kMaxBatchBytes, a longer one is refused with too_large. `read`
//          returns at most `max_entries`, and takes no further one once it has kReadBytes.
// Errors:  unavailable: nothing can be written or read now (disk full, I/O error, no connection);
//          try again. The batch of a failed `append` may or may not stand in the log, so its (node,
//          counter) are appended again, and whichever comes first is applied. corrupt: acknowledged
//          bytes fail their checksum; only `doorward repair` goes on from there. not_found, of
//          `read` alone: entries were trimmed away before they were read.
//          unsupported_version: written by a newer program.
// Spec:    docs/log-format.md; every implementation passes ports/contract/command_log_contract.hpp.
#pragma once

#include "base/result.hpp"
#include "base/time.hpp"

#include <compare>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace doorward::ports {

// Where an entry stands. Positions of one log are totally ordered; the null position stands before
// the first entry. `epoch` grows when the log was begun anew (a Redis that lost its tail).
struct LogPosition {
  std::uint64_t epoch = 0;
  std::uint64_t major = 0;  // SQLite: row number; Redis: the milliseconds of the entry id
  std::uint64_t minor = 0;  // Redis: the sequence of the entry id; otherwise 0
  friend constexpr auto operator<=>(const LogPosition&, const LogPosition&) = default;
};

std::string to_string(const LogPosition& at);  // "epoch-major-minor"
void append(std::string& out, const LogPosition& at);

struct LogEntry {
  LogPosition at;
  LogTime time{};
  std::string batch;
};

// Receives a snapshot in pieces. Destroyed without `commit`, it leaves nothing behind.
class SnapshotWriter {
 public:
  virtual ~SnapshotWriter() = default;
  virtual Result<> write(std::string_view piece) = 0;
  // Once this returns, the snapshot is durable, and the latest unless there is one further on.
  virtual Result<> commit() = 0;
};

class SnapshotReader {
 public:
  virtual ~SnapshotReader() = default;
  virtual LogPosition at() const = 0;
  // Empty at the end. closed: the snapshot gave way to newer ones meanwhile; read the latest.
  virtual Result<std::string> read(std::size_t max_bytes) = 0;
};

class CommandLog {
 public:
  static constexpr std::size_t kMaxBatchBytes = 4U << 20;
  static constexpr std::size_t kReadBytes = 8U << 20;

  virtual ~CommandLog() = default;

  // Appends `batch` and returns once it is durable.
  virtual Result<LogPosition> append(std::string_view batch) = 0;

  // Entries after `after`, oldest first and without a gap. Waits up to `wait` for the first one;
  // empty if none came or `interrupt` was called. not_found: `after` is gone by a trim, and entries
  // behind it may be; whoever applied all up to `after` may go on only from a snapshot further on,
  // which is there, since a trim drops only what every kept snapshot covers.
  virtual Result<std::vector<LogEntry>> read(const LogPosition& after, std::size_t max_entries,
                                             Millis wait) = 0;
  // Ends the `read` that waits; if none does, the next one that would wait returns at once.
  virtual void interrupt() = 0;

  // A snapshot of the state after the entry at `at`, which `read` gave; invalid if none stands
  // there. Must not hold up `append` for more than 20 ms.
  virtual Result<std::unique_ptr<SnapshotWriter>> begin_snapshot(const LogPosition& at) = 0;
  // The newest snapshot that is whole and whose position still stands in the log; null if there is
  // none. corrupt: there is none, though the log's first entries are gone.
  virtual Result<std::unique_ptr<SnapshotReader>> latest_snapshot() = 0;

  // Drops entries older than `keep_from` that every kept snapshot covers; none if there is no
  // snapshot. The newest of those may stay. Reading after the position of a kept snapshot, or of
  // the newest that was dropped, goes on as before.
  virtual Result<> trim(LogTime keep_from) = 0;
};

}  // namespace doorward::ports
