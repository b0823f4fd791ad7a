// How often each rule said what, for the metrics.
//
// Threads: thread-safe; a request takes one of several locks for the time of an addition.
// Bounds:  one entry a rule that decided since the start, at most kMaxRules; what rules beyond say
//          is counted under "other".
#pragma once

#include "app/observe/metrics.hpp"
#include "gateway/limits/observer.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

namespace doorward::app {

class RuleCounts final : public gateway::OutcomeCounter {
 public:
  void count(std::string_view rule, gateway::LimitOutcome outcome) override;
  void write(MetricWriter& writer) const;

 private:
  static constexpr std::size_t kOutcomes = 4;
  using Outcomes = std::array<std::uint64_t, kOutcomes>;
  using Counts = std::map<std::string, Outcomes, std::less<>>;
  struct Part {
    mutable std::mutex mutex;
    Counts counts;
  };
  std::array<Part, 16> parts_;  // by thread, so that loops seldom meet
};

}  // namespace doorward::app
