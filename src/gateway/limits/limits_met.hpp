// The limits that one request met: found, counted in one step, and told in the answer.
//
// Why:     all quotas of all rules are one decision: a request that one of them refuses uses up
//          none of the others. Rules in dry run are asked apart, and refuse nobody.
// Time:    one `now` for the whole request; what its answer costs is charged when its head is
//          ready. A concurrency slot is held until its request is over; a parked stream holds none.
// Ownership: keeps the rule set that it was made with.
// Threads: single owner.
// Bounds:  every rule that applies is asked; beyond 16 quotas as gateway/limits/count_hits.hpp
//          says.
// Spec:    docs/rules.md.
#pragma once

#include "gateway/limits/observer.hpp"
#include "gateway/limits/rate_rules.hpp"
#include "gateway/limits/request_values.hpp"
#include "ports/counter_store.hpp"
#include "wire/rate_limit/headers.hpp"

#include <boost/container/small_vector.hpp>

#include <memory>

namespace doorward::gateway {

class LimitsMet final : public AnswerEditor {
 public:
  // `own`: the tenant's; may be null.
  LimitsMet(const RateRulesParts& parts, Context& context,
            std::shared_ptr<const limit::RuleSet> rules, std::shared_ptr<const limit::RuleSet> own);
  LimitsMet(const LimitsMet&) = delete;
  LimitsMet& operator=(const LimitsMet&) = delete;

  // Whether any rule applies.
  bool find();
  // Counts. Absent: the request may pass.
  std::optional<edge::Response> decide();
  void edit(wire::ResponseHead& head) override;

 private:
  struct Count {
    const limit::CompiledRule* rule;
    const limit::RuleQuota* quota;
    ports::Hit hit;
    limit::Decision decision = {};
  };
  using Counts = boost::container::small_vector<Count, 4>;

  const limit::CompiledRule* denied() const;  // by a rule that is not in dry run
  void tell(const limit::CompiledRule& rule, LimitOutcome outcome) const;
  void add_counts(const limit::CompiledRule& rule);
  std::uint64_t cost_of(const limit::Cost& cost) const;
  void count();
  void count_together();
  void hold_slots();
  const Count* refusing() const;
  void report() const;
  void charge(const wire::ResponseHead& head);
  edge::Response deny() const;
  edge::Response refuse(const limit::Rule& rule) const;
  limit::Dialect dialect_of(const limit::Rule& rule) const;

  const RateRulesParts& parts_;
  Context& context_;
  std::shared_ptr<const limit::RuleSet> rules_, own_;
  limit::Time now_;
  RequestValues values_;
  limit::FoundRules found_;
  Counts counts_;
  bool charged_ = false;
};

}  // namespace doorward::gateway
