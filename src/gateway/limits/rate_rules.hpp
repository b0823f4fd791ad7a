// The rate rules: refuses requests that are too many, and tells all others what is left.
//
// Why:     runs before Doorward's own calls as before every route, so that a rule works the same on
//          both. Health checks, metrics and admin calls are never limited: a rule for everything
//          must not lock its operator out.
// Time:    the clock given, read once a request.
// Ownership: everything in the parts outlives it.
// Threads: const-safe.
// Errors:  429 with the body that the rule asks for; 403 for a denied network.
// Spec:    docs/rules.md.
#pragma once

#include "base/siphash.hpp"
#include "core/limit/rule_set.hpp"
#include "gateway/filter.hpp"
#include "gateway/identity.hpp"
#include "gateway/limits/observer.hpp"
#include "ports/clock.hpp"
#include "ports/counter_store.hpp"
#include "ports/entropy.hpp"

#include <functional>
#include <memory>

namespace doorward::gateway {

struct RateRulesParts {
  // The set in force; never null.
  std::function<std::shared_ptr<const limit::RuleSet>()> rules;
  ports::CounterStore& store;
  const ports::Clock& clock;
  ports::Entropy& entropy;
  const Identities& identities;
  SipKey counter_key;                             // secret: see ports/counter_store.hpp
  LimitObserver* observer = nullptr;              // may be null
  limit::Dialect headers = limit::Dialect::ietf;  // of rules that name none
  // A tenant's, which hold beside those above for its routes and addresses alone.
  std::function<std::shared_ptr<const limit::RuleSet>(std::string_view)> rules_of_tenant = {};
};

class RateRules final : public Filter {
 public:
  explicit RateRules(RateRulesParts parts) : parts_(std::move(parts)) {}

  std::string_view name() const override { return "rate_rules"; }
  edge::Task<Verdict> run(Context& context) override;
  std::optional<Verdict> run_now(Context& context) override;
  std::string explain(const route::Route& route) const override;

 private:
  RateRulesParts parts_;
};

// The tenant whose room the route leads through, or whose address it is: "/v1/tenants/acme/…".
// Empty: the default one's.
std::string_view tenant_of(const Context& context);

// Health checks, metrics, the dashboard and admin calls.
bool is_never_limited(const Context& context);

// The counter of a quota for a key text (limit::key_text).
Hash128 counter_key(const SipKey& secret, const limit::RuleQuota& quota, std::string_view key_text);

}  // namespace doorward::gateway
