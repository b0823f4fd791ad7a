// How the two rules of a business count its calls.
#include "api/compat/gatekeeper/business.hpp"
#include "gateway/limits/count_hits.hpp"
#include "gateway/limits/rate_rules.hpp"
#include "gateway/limits/request_values.hpp"
#include "wire/rate_limit/headers.hpp"

#include <boost/container/small_vector.hpp>

#include <algorithm>

namespace doorward::api::gatekeeper {
namespace {

using gateway::LimitOutcome;
using limit::CompiledRule;
using limit::Decision;

template <class T>
using Few = boost::container::small_vector<T, 2>;

// Of each quota; a slot of what is under way is nothing that a place in a queue could hold.
struct Counts {
  Few<const limit::RuleQuota*> quotas;
  Few<ports::Hit> hits;
  Few<Decision> decisions;

  // The one that says most.
  std::size_t told() const {
    const auto refused = std::ranges::find(decisions, false, &Decision::allowed);
    return refused == decisions.end() ? 0 : static_cast<std::size_t>(refused - decisions.begin());
  }
};

Counts count_quotas(const Desk& desk, const CompiledRule& rule,
                    const gateway::RequestValues& values, limit::Time now) {
  Counts counts;
  const std::string& claim = rule.rule().plan_claim;
  const std::string key = limit::key_text(rule.rule().key, values);
  for (const limit::RuleQuota& quota :
       rule.quotas(claim.empty() ? std::string_view() : values.claim(claim))) {
    if (quota.compiled.algorithm() == limit::Algorithm::concurrency) continue;
    counts.quotas.push_back(&quota);
    counts.hits.push_back({gateway::counter_key(desk.counting.key, quota, key), &quota.compiled,
                           rule.rule().cost.amount, 0});
  }
  counts.decisions.resize(counts.hits.size());
  gateway::count_hits(desk.counting.store, counts.hits, now, counts.decisions);
  return counts;
}

edge::Response too_many(const Counts& counts) {
  limit::Nanos wait{1};
  for (const Decision& decision : counts.decisions)
    if (!decision.allowed) wait = std::max(wait, decision.retry_after);
  edge::Response response = compat::detail(429, "Too many requests");
  if (wait != limit::kNever)
    response.head.fields.append("Retry-After", std::to_string(wire::ceil_seconds(wait)));
  return response;
}

}  // namespace

std::optional<edge::Response> count(const Desk& desk, const Call& call, const CompiledRule& rule) {
  const gateway::Services& services = desk.places.services();
  const limit::Time now = services.clock.limit_now();
  const LogTime at{std::chrono::floor<Millis>(now.time_since_epoch())};
  if (!rule.is_on(at)) return std::nullopt;
  gateway::RequestValues values(call.context, services.identities, at);
  values.set_endpoint(call.head().path);
  const bool is_dry = rule.rule().dry_run;
  const auto tell = [&](LimitOutcome refused, bool passed, std::string_view quota = {},
                        const Decision& decision = {}) {
    const LimitOutcome outcome = passed   ? LimitOutcome::passed
                                 : is_dry ? LimitOutcome::would_refuse
                                          : refused;
    desk.live.decided({call.context, rule, values, outcome, quota, decision});
    return !passed && !is_dry;
  };
  const limit::Address address = gateway::to_limit_address(call.client.address);
  if (rule.denies(address)) {
    if (!tell(LimitOutcome::denied, false)) return std::nullopt;
    return compat::detail(403, "Requests from this address are refused here.");
  }
  if (rule.exempts(address)) return std::nullopt;
  const Counts counts = count_quotas(desk, rule, values, now);
  if (counts.hits.empty()) return std::nullopt;
  const std::size_t said = counts.told();
  const Decision& decision = counts.decisions[said];
  if (!tell(LimitOutcome::refused, decision.allowed, counts.quotas[said]->name, decision))
    return std::nullopt;
  return too_many(counts);
}

}  // namespace doorward::api::gatekeeper
