#include "app/serve/rule_counts.hpp"

#include <atomic>

namespace doorward::app {
namespace {

constexpr std::array<const char*, 4> kNames{"passed", "refused", "would_refuse", "denied"};
constexpr std::string_view kOther = "other";

}  // namespace

void RuleCounts::count(std::string_view rule, gateway::LimitOutcome outcome) {
  static std::atomic<std::size_t> next{0};
  thread_local const std::size_t mine = next.fetch_add(1, std::memory_order_relaxed);
  Part& part = parts_[mine % parts_.size()];
  const std::lock_guard lock(part.mutex);
  auto found = part.counts.find(rule);
  if (found == part.counts.end())
    found = part.counts
                .emplace(part.counts.size() < limit::kMaxRules ? rule : kOther, gateway::Outcomes{})
                .first;
  ++found->second[static_cast<std::size_t>(outcome)];
}

gateway::OutcomeCounts RuleCounts::so_far() const {
  gateway::OutcomeCounts sum;
  for (const Part& part : parts_) {
    const std::lock_guard lock(part.mutex);
    for (const auto& [rule, outcomes] : part.counts)
      for (std::size_t i = 0; i < outcomes.size(); ++i) sum[rule][i] += outcomes[i];
  }
  return sum;
}

void RuleCounts::write(MetricWriter& writer) const {
  for (const auto& [rule, outcomes] : so_far())
    for (std::size_t i = 0; i < outcomes.size(); ++i)
      writer.put(MetricId::rule_decisions, static_cast<double>(outcomes[i]),
                 {{"rule", rule}, {"outcome", kNames[i]}});
}

}  // namespace doorward::app
