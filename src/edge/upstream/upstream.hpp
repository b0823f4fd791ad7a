// A service behind us: its endpoints, used in turn.
//
// Why:     says which endpoint takes a request. One that just refused is passed over for a moment,
//          as long as another is left.
// Ownership: connections live in the loops' pools (edge/upstream/loop.hpp), so that they outlast a
//          reload of the configuration.
// Threads: thread-safe; `connect` on the loop that will use the connection.
// Bounds:  UpstreamLimits.
// Errors:  unavailable, timed_out, overloaded.
#pragma once

#include "edge/upstream/counts.hpp"
#include "edge/upstream/endpoint.hpp"
#include "edge/upstream/pool.hpp"
#include "edge/upstream/settings.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace doorward::edge {

class Upstream {
 public:
  Upstream(std::string name, std::vector<Endpoint> endpoints, UpstreamLimits limits,
           std::shared_ptr<UpstreamCounts> counts = std::make_shared<UpstreamCounts>());

  const std::string& name() const { return name_; }
  const UpstreamLimits& limits() const { return limits_; }
  UpstreamCounts& counts() { return *counts_; }

  struct Connected {
    UpstreamLease lease;
    const std::string* authority;  // of the endpoint; lives as long as the Upstream
  };
  // Whose turn it is, for one request.
  std::uint32_t next_turn() {
    counts_->add(UpstreamCounts::What::requests);
    return turn_.fetch_add(1, std::memory_order_relaxed);
  }
  // Tries each endpoint at most once. Nothing was sent yet when it fails.
  Task<Result<Connected>> connect(Reuse reuse, std::uint32_t turn);
  Task<Result<Connected>> connect(Reuse reuse) { return connect(reuse, next_turn()); }
  // Without waiting: a kept connection to the endpoint whose turn it is. Else use `connect`.
  std::optional<Connected> try_connect(UpstreamLoop& loop, Reuse reuse, std::uint32_t turn);

 private:
  struct Target {
    Endpoint endpoint;
    std::string authority;
    std::atomic<std::int64_t> skip_until{0};  // steady clock, nanoseconds
  };

  std::string name_;
  UpstreamLimits limits_;
  std::shared_ptr<UpstreamCounts> counts_;
  std::vector<std::unique_ptr<Target>> targets_;
  std::atomic<std::uint32_t> turn_{0};
};

}  // namespace doorward::edge
