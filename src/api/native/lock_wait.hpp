// Waiting for a lock: as long as the caller is there, and no longer than it said.
//
// Why:     a lock must not go to a caller who hung up, and the engine's own clock stands still
//          while the log is away.
// Time:    looks for the peer every 250 ms; one second is added to `wait` for the way there.
// Threads: a wait stays on its loop; LockCalls is for all.
// Bounds:  reserve::kMaxLockWait, and as many waits as the engine takes.
#pragma once

#include "core/reserve/lock.hpp"
#include "edge/exchange.hpp"
#include "engine/shard.hpp"

#include <cstddef>
#include <map>
#include <mutex>
#include <optional>

namespace doorward::api {

// The calls for locks that are under way, by the id that they ask with: a caller who was cut off
// and calls again asks with the same one, and the end of the first call must not take it away.
class LockCalls {
 public:
  void begin(const reserve::LockId& id);
  // True if no other asks with it.
  bool end(const reserve::LockId& id);

 private:
  std::mutex mutex_;
  std::map<reserve::LockId, std::size_t> calls_;
};

class LockCall {
 public:
  LockCall(LockCalls& calls, engine::Shard& shard, engine::AcquireLock command);
  ~LockCall();
  LockCall(const LockCall&) = delete;
  LockCall& operator=(const LockCall&) = delete;

  // Once. `lock_busy` where the wait is over. Absent: the peer is gone.
  edge::Task<std::optional<Result<engine::Outcome>>> wait(edge::Exchange& exchange,
                                                          const ports::Clock& clock);
  // The caller does not learn of what it asked for: it is given back at the end of the call, unless
  // another asks for the same.
  void give_up() { gives_up_ = true; }

 private:
  LockCalls& calls_;
  engine::Shard& shard_;
  engine::AcquireLock command_;
  bool gives_up_ = false;
};

}  // namespace doorward::api
