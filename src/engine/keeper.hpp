// The thread that writes snapshots, one at a time, and trims the log behind them.
//
// Why:     a snapshot takes seconds and must hold up neither commits nor reads.
// Errors:  a snapshot that cannot be written is told, counted and given up; the next one is tried
//          when it is due, and until then the log grows.
// Threads: `offer` from the applier, `run` is the thread.
#pragma once

#include "engine/shard_core.hpp"
#include "engine/snapshot.hpp"

#include <condition_variable>
#include <mutex>
#include <optional>

namespace doorward::engine {

class Keeper {
 public:
  explicit Keeper(ShardCore& core) : core_(core) {}

  bool is_busy() const;
  // Takes a snapshot of the state to write it; the keeper must not be busy.
  void offer(Snapshot snapshot, LogTime now);
  // Until `stop`; a snapshot that was offered before is written.
  void run();
  // Writes what was offered, if anything, on the caller's thread.
  void step();
  void stop();
  // On the caller's thread.
  void write(Snapshot snapshot, LogTime now);

 private:
  Result<> try_to_write(Snapshot snapshot, LogTime now);

  ShardCore& core_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<Snapshot> offered_;
  LogTime offered_at_{};
  bool busy_ = false;
  bool stopped_ = false;
};

}  // namespace doorward::engine
