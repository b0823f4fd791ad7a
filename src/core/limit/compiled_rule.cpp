#include "base/append.hpp"
#include "base/siphash.hpp"
#include "core/limit/rule_set.hpp"
#include "core/tenant/tenant.hpp"

#include <utility>

namespace doorward::limit {
namespace {

// Counters are told apart by this hash; it is no secret, the store keys its own.
constexpr SipKey kIdentityKey{0x646f6f7277617264, 0x72756c652071756f};

void add_text(std::string& to, std::string_view text) { append(to, text.size(), ':', text); }

// A changed number goes on from the present count; another algorithm begins afresh.
std::uint64_t identity_of(std::string_view rule, std::string_view plan, const NamedQuota& quota) {
  std::string text;
  for (const std::string_view part : {rule, plan, std::string_view(quota.name),
                                      std::string_view(to_string(quota.quota.algorithm))})
    add_text(text, part);
  return siphash64(kIdentityKey, text);
}

std::vector<RuleQuota> compile(std::string_view rule, std::string_view plan,
                               const std::vector<NamedQuota>& quotas) {
  std::vector<RuleQuota> compiled;
  compiled.reserve(quotas.size());
  for (const NamedQuota& quota : quotas) {
    std::string policy(rule);
    if (quotas.size() > 1) (policy += '.') += quota.name;
    compiled.push_back({quota.name, std::move(policy), CompiledQuota(quota.quota),
                        identity_of(rule, plan, quota)});
  }
  return compiled;
}

std::vector<Network> networks_of(const std::vector<std::string>& blocks) {
  std::vector<Network> networks;
  for (const std::string& block : blocks) {
    if (const auto network = parse_network(block)) networks.push_back(*network);
  }
  return networks;
}

bool asks_who(const KeyPart& part) {
  return part.kind == KeyKind::user || part.kind == KeyKind::api_key || part.kind == KeyKind::claim;
}

}  // namespace

CompiledRule::CompiledRule(RuleEntry entry) : entry_(std::move(entry)) {
  const Rule& rule = entry_.rule;
  full_name_ = tenant::full_name(entry_.tenant, rule.name);
  quotas_ = compile(full_name_, {}, rule.quotas);
  for (const Tier& tier : rule.tiers)
    tiers_.emplace_back(tier.plan, compile(full_name_, tier.plan, tier.quotas));
  allow_ = networks_of(rule.allow);
  deny_ = networks_of(rule.deny);
  needs_identity_ = !rule.tiers.empty();
  for (const KeyPart& part : rule.key) needs_identity_ = needs_identity_ || asks_who(part);
}

bool CompiledRule::is_on(LogTime now) const {
  const Rule& rule = entry_.rule;
  return rule.active && (!rule.starts_at || now >= *rule.starts_at) &&
         (!rule.ends_at || now < *rule.ends_at);
}

const std::vector<RuleQuota>& CompiledRule::quotas(std::string_view plan) const {
  if (plan.empty()) return quotas_;
  for (const auto& [name, quotas] : tiers_)
    if (name == plan) return quotas;
  return quotas_;
}

std::string key_text(const std::vector<KeyPart>& key, const KeySource& source) {
  std::string text;
  for (const KeyPart& part : key) {
    text += static_cast<char>('a' + static_cast<int>(part.kind));
    if (!part.name.empty()) add_text(text, part.name);
    const auto value = part.kind == KeyKind::client ? source.client() : source.value(part);
    // A part that is missing and one that holds an address as its value are not the same.
    const bool has = value || part.kind == KeyKind::room;
    text += has ? '=' : '@';
    add_text(text, value ? *value : has ? std::string_view() : source.client());
  }
  return text;
}

}  // namespace doorward::limit
