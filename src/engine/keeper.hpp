// The thread that writes snapshots, one at a time, and trims the log behind them.
//
// Why:     a snapshot takes seconds and must hold up neither commits nor reads.
// Bounds:  records are kept for Options::keep_records, but none from before the last kMostBehind
//          snapshots of this process: whoever writes much cannot fill the disk.
// Errors:  a snapshot that cannot be written is told, counted and given up; the next one is tried
//          when it is due, and until then the log grows. So is a trim; the next comes in a minute.
// Threads: `run` is the thread. Who asks the log for what a keeper may claims its role before, be
//          it that thread or the applier, since a log gives it to one thread at a time.
#pragma once

#include "engine/shard_core.hpp"
#include "engine/snapshot.hpp"

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>

namespace doorward::engine {

inline constexpr std::size_t kMostBehind = 50;

class Keeper {
 public:
  explicit Keeper(ShardCore& core) : core_(core) {}

  bool is_busy() const;
  // The keeper's role of the log, until it is given back. False: somebody has it.
  bool claim();
  void give_back();
  // Hands a snapshot over to be written, and the role that was claimed with it.
  void offer(Snapshot snapshot, LogTime now);
  // Until `stop`; a snapshot that was offered before is written.
  void run();
  // Writes what was offered, if anything, on the caller's thread.
  void step();
  void stop();
  // Drops what need not be kept any more, unless somebody else keeps. On a full disk that may be
  // all that helps.
  void trim();
  // On the caller's thread, when nobody else keeps.
  void write(Snapshot snapshot, LogTime now);

 private:
  Result<> try_to_write(Snapshot snapshot, LogTime now);
  LogTime keep_from(LogTime now) const;
  void trim_before(LogTime now);
  void count_failure(Trouble what, const Error& error);

  ShardCore& core_;
  std::deque<LogTime> written_;  // snapshots, the newest last
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<Snapshot> offered_;
  LogTime offered_at_{};
  bool busy_ = false;  // somebody has the role
  bool stopped_ = false;
};

}  // namespace doorward::engine
