#include "api/scope.hpp"

#include "base/siphash.hpp"
#include "core/name.hpp"
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

// Nothing is kept under a longer name than a record may have. Who makes something by PUT is told
// what a name may be instead.
std::optional<edge::Response> refuse_too_long(const Call& call) {
  if (call.head().method == "PUT") return std::nullopt;
  if (call.room.size() > naming::kMaxFullName)
    return gateway::answer(gateway::refusal(engine::Status::no_such_room, call.room));
  if (call.inventory.size() > naming::kMaxFullName)
    return gateway::answer(problems::kNoInventory, "There is no inventory of this name.");
  if (call.rule.size() > naming::kMaxRule)
    return gateway::answer(problems::kNoRule, "There is no rule of this name.");
  return std::nullopt;
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
  if (auto refused = refuse_too_long(call)) return refused;
  if (call.tenant.empty()) return std::nullopt;
  const auto tenants = desk.shard().tenants();
  const tenant::Tenant* tenant = tenants->named(call.tenant);
  if (tenant == nullptr) return no_tenant();
  // Whoever floods a tenant keeps its operator out of nothing.
  return is_admin(desk, call) ? std::nullopt : count_call(desk, *tenant, call.by_key);
}

}  // namespace doorward::api
