// Health and metrics: `/health/live`, `/health/ready`, `/metrics`, and the same below `/.doorward`.
//
// Why:     an orchestrator asks the first two of the listener that it knows; metrics are for the
//          operator and follow the rule of admin calls.
// Threads: thread-safe.
// Spec:    docs/operations.md, "Health"; docs/metrics.md.
#pragma once

#include "app/observe/metrics.hpp"
#include "edge/exchange.hpp"
#include "engine/shard.hpp"
#include "gateway/filter.hpp"

#include <atomic>
#include <functional>
#include <optional>
#include <string_view>

namespace doorward::app {

enum class Phase : std::uint8_t { starting, serving, draining };

// Whether `/health/ready` answers 200.
inline bool is_ready(Phase phase, const engine::ShardHealth& health) {
  return phase == Phase::serving && !health.broken;
}

struct OwnPaths {
  std::atomic<Phase> phase{Phase::starting};
  std::atomic<bool> admin_on_main{false};
  std::function<engine::ShardHealth()> health;
  const Metrics* metrics = nullptr;

  // The answer if the path is one of these. Absent: it is somebody else's.
  std::optional<edge::Response> answer(const edge::Exchange& exchange,
                                       const gateway::Client& client) const;

 private:
  bool may_see_metrics(const edge::Exchange& exchange, const gateway::Client& client) const;
};

}  // namespace doorward::app
