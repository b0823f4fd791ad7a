#include "api/compat/gatekeeper/business.hpp"

#include "api/scope.hpp"
#include "gateway/limits/rate_rules.hpp"
#include "wire/rate_limit/headers.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace doorward::api::gatekeeper {
namespace {

using namespace std::chrono_literals;
using engine::Status;

constexpr std::string_view kBusinessId = "business_id";
// The page of the original names none; see docs/migrate/gatekeeper.md.
constexpr std::uint64_t kDefaultLimit = 100;
constexpr std::chrono::seconds kDefaultInterval = 1s;
constexpr std::uint64_t kMostToLog = 1'000;

bool is_good(Status status) {
  return status == Status::done || status == Status::already || status == Status::rule_exists;
}

// Whoever comes second finds it made.
edge::Task<std::optional<edge::Response>> make(Desk& desk, engine::Command command,
                                               std::string_view name) {
  const auto outcome = co_await gateway::await_shard(desk.shard(), std::move(command));
  if (outcome.has_error()) co_return gateway::answer(gateway::refusal(outcome.error()));
  if (!is_good(outcome->status)) co_return gateway::answer(gateway::refusal(outcome->status, name));
  co_return std::nullopt;
}

std::vector<engine::Command> missing_parts(const Desk& desk, const Business& business) {
  std::vector<engine::Command> commands;
  if (!desk.shard().room(business.room))
    commands.emplace_back(engine::SetRoom{business.room, default_policy()});
  const auto rules = desk.shard().rules(business.tenant);
  for (const std::string_view name : {kEnqueueRule, kStatusRule})
    if (rules->named(name) == nullptr)
      commands.emplace_back(
          engine::SetRule{rule_of(business, name, kDefaultLimit, kDefaultInterval),
                          limit::RuleSource::admin, engine::SetRule::Only::if_absent});
  return commands;
}

}  // namespace

std::optional<std::string_view> header(const wire::RequestHead& head, std::string_view name) {
  if (const auto literal = head.fields.find(name)) return literal;
  std::string hyphenated(name);
  std::replace(hyphenated.begin(), hyphenated.end(), '_', '-');
  return head.fields.find(hyphenated);
}

room::Policy default_policy() {
  room::Policy policy;
  policy.admit = in_rounds(1'000, 5s);
  policy.session_ttl = 600s;
  policy.renew = room::Renew::never;
  return policy;
}

limit::Rule rule_of(const Business& business, std::string_view name, std::uint64_t limit,
                    std::chrono::seconds interval) {
  limit::Rule rule;
  rule.name = business.rule(name);
  rule.description = "Calls of one address";
  rule.match.paths = {name == kEnqueueRule ? "/queue/enqueue" : "/queue/status"};
  limit::NamedQuota quota{"interval", {}};
  quota.quota.algorithm =
      limit <= kMostToLog ? limit::Algorithm::sliding_log : limit::Algorithm::sliding_counter;
  quota.quota.limit = limit;
  quota.quota.window = interval;
  rule.quotas = {std::move(quota)};
  return rule;
}

edge::Task<Got<Business>> find_business(Desk& desk, Call& call,
                                        std::span<const std::string_view> needed) {
  compat::Faults faults;
  const auto key = header(call.head(), kBusinessId);
  if (!key) faults.push_back({std::string(kBusinessId), "missing", "Field required"});
  for (const std::string_view name : needed)
    if (!header(call.head(), name))
      faults.push_back({std::string(name), "missing", "Field required"});
  if (!faults.empty()) co_return compat::invalid(faults, "header");
  const auto& identities = desk.places.services().identities;
  const auto owner = identities.api_keys().owner_of(*key, desk.places.now());
  const auto tenants = desk.shard().tenants();
  const tenant::Tenant* tenant = owner ? tenants->named(owner->tenant) : nullptr;
  if (tenant == nullptr) co_return compat::detail(401, "Invalid business_id");
  // By a key that the pages of its visitors carry too.
  if (auto refused = count_call(desk, *tenant, false)) co_return std::move(*refused);
  Business business{tenant->name, tenant->settings, tenant::full_name(tenant->name, kQueue)};
  for (engine::Command& command : missing_parts(desk, business)) {
    auto failed = co_await make(desk, std::move(command), kQueue);
    if (failed) co_return std::move(*failed);
  }
  co_return business;
}

std::optional<edge::Response> count(const Desk& desk, const Call& call, const Business& business,
                                    std::string_view rule) {
  const auto rules = desk.shard().rules(business.tenant);
  const limit::CompiledRule* found = rules->named(rule);
  if (found == nullptr || found->quotas().empty()) return std::nullopt;
  const limit::RuleQuota& quota = found->quotas().front();
  const ports::Hit hit{gateway::counter_key(desk.counting.key, quota, call.client.key),
                       &quota.compiled};
  const limit::Decision decision =
      desk.counting.store.decide(hit, desk.places.services().clock.limit_now());
  if (decision.allowed) return std::nullopt;
  edge::Response response = compat::detail(429, "Too many requests");
  response.head.fields.append("Retry-After", std::to_string(std::max<std::uint64_t>(
                                                 1, wire::ceil_seconds(decision.retry_after))));
  return response;
}

}  // namespace doorward::api::gatekeeper
