// A command log in memory, with faults to order: for tests, the simulator and replay.
//
// Why:     it stands here and not in adapters since it does no I/O, and the engine's tests, which
//          see ports only, need it as much as the simulator does.
// Time:    entries are stamped by the clock given; with a FakeClock time is virtual. `read` waits
//          in real time, so a single-threaded driver passes a wait of zero.
// Ownership: the clock and the store outlive the log. Several logs over one store are several nodes
//          of one cluster; a log opened over the store of another is a restart.
// Threads: as the port says; with several logs over one store, each has its own three roles.
// Bounds:  none but memory: entries leave only by `trim`.
// Errors:  unavailable, when a fault was ordered; too_large.
#pragma once

#include "ports/clock.hpp"
#include "ports/command_log.hpp"
#include "ports/log_pace.hpp"

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace doorward::ports {

// What outlives a restart.
class MemoryStore {
 private:
  friend class MemoryLog;
  friend class MemorySnapshotWriter;

  struct Snapshot {
    LogPosition at;
    std::shared_ptr<const std::string> bytes;
  };

  // The first entry after `at`.
  std::deque<LogEntry>::const_iterator after(const LogPosition& at) const;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<LogEntry> entries_;
  std::uint64_t last_number_ = 0;
  LogPosition trimmed_;  // the last entry that was dropped
  LogTime last_time_{};
  std::vector<Snapshot> snapshots_;  // by position, at most two
};

class MemoryLog final : public CommandLog {
 public:
  enum class Fault {
    not_taken,         // the batch does not stand in the log
    taken_unanswered,  // the batch stands in the log, though the append failed
  };

  // A log with a store of its own.
  explicit MemoryLog(const Clock& clock);
  MemoryLog(const Clock& clock, std::shared_ptr<MemoryStore> store);

  Result<LogPosition> append(std::string_view batch) override;
  Result<std::vector<LogEntry>> read(const LogPosition& after, std::size_t max_entries,
                                     Millis wait) override;
  void interrupt() override;
  Result<std::unique_ptr<SnapshotWriter>> begin_snapshot(const LogPosition& at) override;
  Result<std::unique_ptr<SnapshotReader>> latest_snapshot() override;
  Result<> trim(LogTime keep_from) override;

  // The next `appends` appends fail so; thread-safe.
  void fail_next(Fault fault, std::size_t appends = 1);
  // While refused, every append fails and leaves nothing, as on a full disk; thread-safe.
  void refuse_appends(bool refuse);
  // While refused, every read fails; thread-safe.
  void refuse_reads(bool refuse);
  // While refused, no snapshot can be begun; thread-safe.
  void refuse_snapshots(bool refuse);
  // Entries now in the log; thread-safe.
  std::size_t size() const;

 private:
  const Clock& clock_;
  std::shared_ptr<MemoryStore> store_;
  LogPace pace_;
  bool interrupted_ = false;
  bool refuse_ = false;
  bool refuse_reads_ = false;
  bool refuse_snapshots_ = false;
  Fault fault_ = Fault::not_taken;
  std::size_t faults_ = 0;
};

}  // namespace doorward::ports
