// The command log in one data folder: an SQLite database in WAL mode, with snapshots beside it.
//
// Why:     one file and no server; an acknowledged entry survives `kill -9` and the loss of power.
// Time:    entries are stamped by the clock given, held so that time never goes back or stands
//          still.
// Ownership: the clock outlives the log. The log holds the folder for itself alone.
// Threads: as the port says. Steps of a trim and appends take turns; a step is at most a few ms.
// Bounds:  the tail in memory is at most EntryTail::kTailBytes; two snapshots are kept. A reserve
//          of kReserveBytes lets a log be trimmed on a full disk.
// Errors:  as the port says, and from `open`: conflict (another process holds the folder), invalid
//          (a database, but not Doorward's), corrupt, unsupported_version, unavailable.
// Spec:    docs/storage.md; contract: ports/contract/command_log_contract.hpp.
#pragma once

#include "adapters/sqlite/data_folder.hpp"
#include "adapters/sqlite/entry_tail.hpp"
#include "adapters/sqlite/log_reader.hpp"
#include "adapters/sqlite/log_writer.hpp"
#include "adapters/sqlite/reserve.hpp"
#include "adapters/sqlite/schema.hpp"
#include "adapters/sqlite/snapshot_files.hpp"
#include "adapters/warn.hpp"
#include "ports/clock.hpp"
#include "ports/command_log.hpp"
#include "ports/log_mark.hpp"
#include "ports/log_pace.hpp"

#include <condition_variable>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

namespace doorward::adapters::sqlite {

class SqliteLog final : public ports::CommandLog, public ports::LogMark {
 public:
  struct Options {
    std::filesystem::path folder;
    Warn warn = [](std::string_view) {};
    Durability durability = Durability::full;
    std::string vfs = "";  // name of an SQLite VFS; empty for SQLite's own
  };

  static Result<std::unique_ptr<SqliteLog>> open(Options options, const ports::Clock& clock);

  // Whether the folder still holds the files that are open here. False: they were removed or
  // replaced, and what is written to them is lost; nothing is appended. From any thread.
  bool is_in_place() const;

  Result<ports::LogPosition> append(std::string_view batch) override;
  Result<std::vector<ports::LogEntry>> read(const ports::LogPosition& after,
                                            std::size_t max_entries, Millis wait) override;
  void interrupt() override;
  Result<std::unique_ptr<ports::SnapshotWriter>> begin_snapshot(
      const ports::LogPosition& at) override;
  Result<std::unique_ptr<ports::SnapshotReader>> latest_snapshot() override;
  Result<> trim(LogTime keep_from) override;

  Result<std::string> mark() override;
  Result<std::string> leave_mark(std::string_view mark) override;
  Result<> replace_mark(std::string_view mark) override;

 private:
  SqliteLog(Options options, DataFolder folder, const ports::Clock& clock);
  Result<> open_connections();
  Result<> set_strays_aside();
  Result<> refuse_where_displaced() const;
  // Whether the row that the snapshot follows is the one that it was taken after.
  Result<bool> stands(const SnapshotMark& mark);
  // One step of a trim.
  Result<> drop(const Link& up_to);
  // Lets the reader see the log up to its end as the writer knows it.
  void publish(std::uint64_t last_row, std::optional<ports::LogEntry> entry);

  Options options_;
  DataFolder folder_;
  const ports::Clock& clock_;
  SnapshotFiles snapshots_;
  Reserve reserve_;  // the keeper's
  DataFolder::Files opened_{};

  std::mutex writing_;  // the writer; taken before `mutex_`
  std::unique_ptr<LogWriter> writer_;
  ports::LogPace pace_;
  std::unique_ptr<LogReader> reader_;  // the reader's
  std::unique_ptr<LogReader> keeper_;  // the keeper's

  std::mutex mutex_;  // what follows
  std::condition_variable arrived_;
  bool interrupted_ = false;
  std::uint64_t last_row_ = 0;  // 0 while there is none
  EntryTail tail_;
};

}  // namespace doorward::adapters::sqlite
