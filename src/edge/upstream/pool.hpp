// The connections of one loop to one endpoint: kept alive, lent, and waited for.
//
// Threads: its loop only.
// Bounds:  `connections` open at once; behind them `waiting` requests wait at most `wait`.
// Errors:  unavailable (refused, no address), timed_out (connecting), overloaded (all taken for too
//          long, or too many wait already).
#pragma once

#include "edge/upstream/addresses.hpp"
#include "edge/upstream/connection.hpp"
#include "edge/upstream/counts.hpp"
#include "edge/upstream/endpoint.hpp"

#include <cstddef>
#include <deque>
#include <memory>
#include <optional>
#include <vector>

namespace doorward::edge {

class UpstreamPool;

// A connection for one request; goes back to its pool, or is closed, at the end of its life.
class UpstreamLease {
 public:
  UpstreamLease(UpstreamPool& pool, std::unique_ptr<UpstreamConnection> connection);
  UpstreamLease(UpstreamLease&& other) = default;
  UpstreamLease& operator=(UpstreamLease&& other);
  ~UpstreamLease() { release(); }

  UpstreamConnection* operator->() const { return connection_.get(); }
  UpstreamConnection& operator*() const { return *connection_; }
  void release();

 private:
  UpstreamPool* pool_;
  std::unique_ptr<UpstreamConnection> connection_;
};

enum class Reuse : std::uint8_t {
  any,      // a kept connection, even if its peer may just be closing it
  checked,  // a kept connection that was looked at
  none,     // a new connection
};

class UpstreamPool {
 public:
  UpstreamPool(UpstreamLoop& loop, Endpoint endpoint);
  ~UpstreamPool();

  using Counts = std::shared_ptr<UpstreamCounts>;
  Task<Result<UpstreamLease>> acquire(const UpstreamLimits& limits, const Counts& counts,
                                      Reuse reuse);
  // A kept connection, if there is one.
  std::optional<UpstreamLease> try_acquire(Reuse reuse);

  // Closes what was idle for too long.
  void sweep(UpstreamConnection::TimePoint now);
  void drop_idle() { idle_.clear(); }
  std::size_t open() const { return open_; }
  std::size_t idle() const { return idle_.size(); }

 private:
  friend class UpstreamLease;
  struct Waiter;

  std::unique_ptr<UpstreamConnection> take_idle(Reuse reuse);
  Task<Result<std::unique_ptr<UpstreamConnection>>> wait(const UpstreamLimits& limits,
                                                         UpstreamCounts& counts, Reuse reuse);
  Task<Result<std::unique_ptr<UpstreamConnection>>> open(const UpstreamLimits& limits,
                                                         const Counts& counts);
  void give_back(std::unique_ptr<UpstreamConnection> connection);
  void slot_free();

  UpstreamLoop& loop_;
  UpstreamAddresses addresses_;
  std::vector<std::unique_ptr<UpstreamConnection>> idle_;  // the last used at the end
  std::deque<Waiter*> waiting_;
  std::size_t open_ = 0;  // lent, idle, or being opened
  Millis keep_alive_{};
  std::size_t idle_connections_ = 0;
};

}  // namespace doorward::edge
