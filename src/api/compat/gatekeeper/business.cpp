#include "api/compat/gatekeeper/business.hpp"

#include "api/scope.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace doorward::api::gatekeeper {
namespace {

using namespace std::chrono_literals;
using engine::Status;
using Owner = gateway::ApiKeys::Owner;

constexpr std::string_view kBusinessId = "business_id";
// The page of the original names none; see docs/migrate/gatekeeper.md.
constexpr std::uint64_t kDefaultLimit = 100;
constexpr std::chrono::seconds kDefaultInterval = 1s;
constexpr std::uint64_t kMostToLog = 1'000;

bool is_good(Status status) {
  return status == Status::done || status == Status::already || status == Status::rule_exists;
}

limit::Algorithm counted_by(std::uint64_t limit) {
  return limit <= kMostToLog ? limit::Algorithm::sliding_log : limit::Algorithm::sliding_counter;
}

std::vector<engine::Command> missing_parts(const Desk& desk, const std::string& tenant) {
  std::vector<engine::Command> commands;
  const std::string room = tenant::full_name(tenant, kQueue);
  if (!desk.shard().room(room)) commands.emplace_back(engine::SetRoom{room, default_policy()});
  const auto rules = desk.shard().rules(tenant);
  for (const std::string_view name : {kEnqueueRule, kStatusRule})
    if (rules->named(name) == nullptr)
      commands.emplace_back(engine::SetRule{rule_of(tenant, name, kDefaultLimit, kDefaultInterval),
                                            limit::RuleSource::admin,
                                            engine::SetRule::Only::if_absent});
  return commands;
}

Got<Owner> owner_of(const Desk& desk, std::string_view key) {
  const auto& services = desk.places.services();
  auto owner = services.identities.api_keys().business_of(key, desk.places.now());
  // The default tenant is the operator's, and no business.
  if (!owner || owner->tenant->name.empty()) return compat::detail(401, "Invalid business_id");
  return *std::move(owner);
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
  policy.admit = room::Rate{1'000, 5s, true};
  policy.session_ttl = 600s;
  policy.renew = room::Renew::never;
  return policy;
}

limit::Rule rule_of(std::string_view tenant, std::string_view name, std::uint64_t limit,
                    std::chrono::seconds interval) {
  limit::Rule rule;
  rule.name = tenant::full_name(tenant, name);
  rule.description = "Calls of one address";
  rule.match.paths = {name == kEnqueueRule ? "/queue/enqueue" : "/queue/status"};
  limit::NamedQuota quota{"interval", {}};
  quota.quota.algorithm = counted_by(limit);
  quota.quota.limit = limit;
  quota.quota.window = interval;
  rule.quotas = {std::move(quota)};
  return rule;
}

void set_interval(limit::Rule& rule, std::optional<std::uint64_t> limit,
                  std::optional<std::uint64_t> interval_s) {
  if (rule.quotas.empty())
    rule.quotas = rule_of({}, rule.name, kDefaultLimit, kDefaultInterval).quotas;
  limit::Quota& quota = rule.quotas.front().quota;
  if (interval_s) quota.window = std::chrono::seconds(*interval_s);
  if (!limit) return;
  // One that the operator chose stays.
  if (quota.algorithm == counted_by(quota.limit)) quota.algorithm = counted_by(*limit);
  quota.limit = *limit;
}

Got<BusinessPtr> known_business(Desk& desk, const Call& call,
                                std::span<const std::string_view> needed) {
  compat::Faults faults;
  const auto key = header(call.head(), kBusinessId);
  if (!key) faults.push_back({std::string(kBusinessId), "missing", "Field required"});
  for (const std::string_view name : needed)
    if (!header(call.head(), name))
      faults.push_back({std::string(name), "missing", "Field required"});
  if (!faults.empty()) return compat::invalid(faults, "header");
  const auto owner = owner_of(desk, *key);
  if (owner.has_error()) return owner.error();
  BusinessPtr business = desk.businesses.of(*owner);
  // By a key that the pages of its visitors carry too.
  if (business)
    if (auto refused = count_call(desk, *owner->tenant, false)) return std::move(*refused);
  return business;
}

edge::Task<std::optional<edge::Response>> make_missing(Desk& desk, const Call& call) {
  const auto owner = owner_of(desk, header(call.head(), kBusinessId).value_or(""));
  if (owner.has_error()) co_return owner.error();
  // Whoever comes second finds it made.
  for (engine::Command& command : missing_parts(desk, owner->tenant->name)) {
    const auto outcome = co_await gateway::await_shard(desk.shard(), std::move(command));
    if (outcome.has_error()) co_return gateway::answer(gateway::refusal(outcome.error()));
    if (!is_good(outcome->status))
      co_return gateway::answer(gateway::refusal(outcome->status, kQueue));
  }
  co_return std::nullopt;
}

edge::Task<Got<BusinessPtr>> find_business(Desk& desk, const Call& call,
                                           std::span<const std::string_view> needed) {
  auto business = known_business(desk, call, needed);
  if (business.has_error() || *business != nullptr) co_return business;
  auto failed = co_await make_missing(desk, call);
  if (failed) co_return std::move(*failed);
  business = known_business(desk, call, needed);
  if (business && *business == nullptr)  // taken away again in between
    co_return gateway::answer(gateway::refusal(Status::unavailable, kQueue));
  co_return business;
}

}  // namespace doorward::api::gatekeeper
