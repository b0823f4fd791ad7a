#include "api/scope.hpp"

#include "base/siphash.hpp"
#include "core/tenant/tenant.hpp"
#include "wire/rate_limit/headers.hpp"

#include <string>

namespace doorward::api {
namespace {

namespace problems = gateway::problems;

edge::Response no_tenant() {
  return gateway::answer(problems::kNoTenant,
                         "There is no such tenant, or the key is not its own.");
}

limit::CompiledQuota quota_of(const room::Rate& calls) {
  limit::Quota quota;
  quota.algorithm = limit::Algorithm::sliding_counter;
  quota.limit = calls.count;
  quota.window = calls.every;
  return limit::CompiledQuota(quota);
}

}  // namespace

std::optional<edge::Response> count_call(const Desk& desk, const tenant::Tenant& tenant,
                                         bool by_key) {
  if (!tenant.settings.calls) return std::nullopt;
  const limit::CompiledQuota quota = quota_of(*tenant.settings.calls);
  const char* whose = by_key ? "calls of tenant " : "visits of tenant ";
  const Hash128 key = siphash128(desk.counting.key, whose + tenant.name);
  const limit::Decision decision =
      desk.counting.store.decide({key, &quota}, desk.places.services().clock.limit_now());
  if (decision.allowed) return std::nullopt;
  edge::Response response =
      gateway::answer(problems::kTooManyCalls, "This tenant calls more often than it may.");
  response.head.fields.append("Retry-After",
                              std::to_string(wire::ceil_seconds(decision.retry_after)));
  return response;
}

std::optional<edge::Response> enter_scope(const Desk& desk, Call& call, const Found& found) {
  const auto& identities = desk.places.services().identities;
  const auto by_key = identities.tenant_by_key(call.head(), desk.places.now());
  call.by_key = by_key.has_value();
  call.tenant = found.scope.empty() ? by_key.value_or("") : std::string(found.scope);
  call.ticket = found.ticket;
  call.rule = found.rule;
  call.key = found.key;
  call.named = found.tenant;
  call.hold = found.hold;
  const auto full = [&](std::string_view name) {
    return name.empty() ? std::string() : tenant::full_name(call.tenant, name);
  };
  call.room = full(found.room);
  call.inventory = full(found.inventory);
  call.lock = full(found.lock);
  if (by_key && *by_key != call.tenant) return no_tenant();
  if (call.tenant.empty()) return std::nullopt;
  const auto tenants = desk.shard().tenants();
  const tenant::Tenant* tenant = tenants->named(call.tenant);
  if (tenant == nullptr) return no_tenant();
  // Whoever floods a tenant keeps its operator out of nothing.
  return is_admin(desk, call) ? std::nullopt : count_call(desk, *tenant, call.by_key);
}

}  // namespace doorward::api
