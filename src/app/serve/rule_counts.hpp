// How often each rule said what, for the metrics and the dashboard.
//
// Threads: thread-safe; a request takes one of several locks for the time of an addition.
// Bounds:  one entry a rule that decided since the start, at most kMaxRules; what rules beyond say
//          is counted under "other".
#pragma once

#include "app/observe/metrics.hpp"
#include "gateway/limits/observer.hpp"

#include <array>
#include <mutex>
#include <string_view>

namespace doorward::app {

class RuleCounts final : public gateway::OutcomeCounter {
 public:
  void count(std::string_view rule, gateway::LimitOutcome outcome) override;
  gateway::OutcomeCounts so_far() const override;
  void write(MetricWriter& writer) const;

 private:
  struct Part {
    mutable std::mutex mutex;
    gateway::OutcomeCounts counts;
  };
  std::array<Part, 16> parts_;  // by thread, so that loops seldom meet
};

}  // namespace doorward::app
