#include "gateway/limits/rate_rules.hpp"

#include "core/tenant/tenant.hpp"
#include "gateway/limits/limits_met.hpp"

#include <boost/container/small_vector.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

namespace doorward::gateway {
namespace {

constexpr std::string_view kOwn = "/.doorward";
constexpr std::array<std::string_view, 5> kNeverBelow{"/health/", "/v1/admin/", "/admin/",
                                                      "/dashboard/", "/actuator/"};
constexpr std::array<std::string_view, 2> kNever{"/metrics", "/dashboard"};
constexpr std::string_view kTenants = "/v1/tenants/";

std::string_view own_path(const Context& context) {
  std::string_view path = context.exchange.request().path;
  if (path.starts_with(kOwn)) path.remove_prefix(kOwn.size());
  return path;
}

// Else a tenant's own rule could keep the operator from the tenant's rules.
bool is_admin_of_tenant(std::string_view path) {
  if (!path.starts_with(kTenants)) return false;
  path.remove_prefix(kTenants.size());
  return path.substr(std::min(path.find('/'), path.size())).starts_with("/admin/");
}

}  // namespace

std::string_view tenant_of(const Context& context) {
  if (context.route != nullptr) return tenant::split(context.route->room).tenant;
  std::string_view path = own_path(context);
  if (!path.starts_with(kTenants)) return {};
  path.remove_prefix(kTenants.size());
  return path.substr(0, path.find('/'));
}

bool is_never_limited(const Context& context) {
  if (context.route != nullptr) return false;
  const std::string_view path = own_path(context);
  const auto is_below = [path](std::string_view below) { return path.starts_with(below); };
  if (std::ranges::any_of(kNeverBelow, is_below) || is_admin_of_tenant(path)) return true;
  return std::find(kNever.begin(), kNever.end(), path) != kNever.end();
}

std::optional<Verdict> RateRules::run_now(Context& context) {
  if (is_never_limited(context)) return Verdict::pass;
  auto rules = parts_.rules();
  const std::string_view tenant = parts_.rules_of_tenant ? tenant_of(context) : std::string_view();
  auto own = tenant.empty() ? nullptr : parts_.rules_of_tenant(tenant);
  if (own && own->rules().empty()) own = nullptr;
  if (rules->rules().empty() && !own) return Verdict::pass;
  auto met = std::make_unique<LimitsMet>(parts_, context, std::move(rules), std::move(own));
  if (!met->find()) return Verdict::pass;
  context.reply = met->decide();
  context.answer_editor = std::move(met);
  return context.reply ? Verdict::answered : Verdict::pass;
}

edge::Task<Verdict> RateRules::run(Context& context) { co_return *run_now(context); }

std::string RateRules::explain(const route::Route& route) const {
  const auto rules = parts_.rules();
  std::string names;
  for (const auto& rule : rules->rules()) {
    const auto& routes = rule->rule().match.routes;
    const bool may =
        routes.empty() || std::find(routes.begin(), routes.end(), route.name) != routes.end();
    if (!may || !rule->rule().active) continue;
    if (!names.empty()) names += ", ";
    names += rule->rule().name;
  }
  return names.empty() ? "no rule" : "rules that may apply: " + names;
}

Hash128 counter_key(const SipKey& secret, const limit::RuleQuota& quota,
                    std::string_view key_text) {
  constexpr std::size_t kIdentity = sizeof quota.identity;
  boost::container::small_vector<char, 128> bytes(kIdentity + key_text.size(),
                                                  boost::container::default_init);
  static_assert(std::endian::native == std::endian::little, "counters are saved by this key");
  std::memcpy(bytes.data(), &quota.identity, kIdentity);
  std::copy(key_text.begin(), key_text.end(), bytes.begin() + kIdentity);
  return siphash128(secret, {bytes.data(), bytes.size()});
}

}  // namespace doorward::gateway
