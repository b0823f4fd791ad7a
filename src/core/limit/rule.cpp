#include "core/limit/rule.hpp"

#include "core/limit/network.hpp"
#include "core/name.hpp"
#include "core/route/route.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <utility>

namespace doorward::limit {
namespace {

constexpr std::pair<std::string_view, KeyKind> kPlainParts[] = {
    {"client", KeyKind::client},  {"user", KeyKind::user},         {"api_key", KeyKind::api_key},
    {"room", KeyKind::room},      {"endpoint", KeyKind::endpoint}, {"header:", KeyKind::header},
    {"cookie:", KeyKind::cookie}, {"claim:", KeyKind::claim},
};

// A token of RFC 9110: a header's, a cookie's or a method's name.
bool is_token(std::string_view text) {
  constexpr std::string_view kOthers = "!#$%&'*+-.^_`|~";
  return !text.empty() && text.size() <= kMaxFieldName &&
         std::all_of(text.begin(), text.end(), [&](char c) {
           return naming::is_letter(c) || kOthers.find(c) != kOthers.npos;
         });
}

bool same_field(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [&](char x, char y) { return lower(x) == lower(y); });
}

bool is_printable(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7f;
  });
}

std::string at(std::string_view list, std::size_t i) {
  return std::string(list) + "[" + std::to_string(i) + "]";
}

Result<> fault(const std::string& field, std::string_view what) {
  return error(Errc::invalid, field + ": " + std::string(what));
}

Result<> at_most(std::string_view field, std::size_t count, std::size_t most) {
  if (count <= most) return {};
  return fault(std::string(field),
               "has " + std::to_string(count) + " entries; keep to " + std::to_string(most));
}

Result<> short_text(const std::string& field, std::string_view text, std::size_t most) {
  if (text.size() <= most && is_printable(text)) return {};
  return fault(field, "must be at most " + std::to_string(most) +
                          " bytes of text without control characters");
}

using Fault = std::function<std::optional<std::string>(std::string_view)>;

Result<> check_list(std::string_view field, const std::vector<std::string>& list, std::size_t most,
                    const Fault& fault_in) {
  if (auto r = at_most(field, list.size(), most); !r) return r;
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (auto r = short_text(at(field, i), list[i], kMaxPatternText); !r) return r;
    if (const auto what = fault_in(list[i])) return fault(at(field, i), *what);
  }
  return {};
}

std::optional<std::string> fault_in_path(std::string_view pattern) {
  if (pattern.starts_with("/.doorward"))
    return "leave \"/.doorward\" out: Doorward's own calls are matched by the path after it";
  return route::fault_in_path_pattern(pattern);
}

std::optional<std::string> fault_in_method(std::string_view method) {
  const bool upper =
      std::none_of(method.begin(), method.end(), [](char c) { return c >= 'a' && c <= 'z'; });
  if (is_token(method) && upper) return std::nullopt;
  return "must be a method in capitals, such as \"GET\"";
}

std::optional<std::string> fault_in_route(std::string_view name) {
  if (!name.empty()) return std::nullopt;
  return "must be the name of a route";
}

std::optional<std::string> fault_in_network(std::string_view block) {
  if (parse_network(block)) return std::nullopt;
  return "is no network; write \"10.0.0.0/8\", \"2001:db8::/32\" or one address";
}

Result<> validate_headers(const std::vector<HeaderMatch>& headers) {
  if (auto r = at_most("match.headers", headers.size(), kMaxHeaderMatches); !r) return r;
  for (const HeaderMatch& header : headers) {
    const std::string field = "match.headers." + header.name.substr(0, kMaxFieldName);
    if (!is_token(header.name)) return fault(field, "is no name of a header");
    if (auto r = short_text(field, header.pattern, kMaxPatternText); !r) return r;
    if (header.pattern.empty())
      return fault(field, "is empty; write a value, a beginning such as \"go*\", or \"*\"");
    if (header.pattern.find('*') < header.pattern.size() - 1)
      return fault(field, "'*' may stand only at the end of a header pattern");
    const auto same = std::count_if(headers.begin(), headers.end(), [&](const HeaderMatch& other) {
      return same_field(other.name, header.name);
    });
    if (same > 1) return fault(field, "stands there twice; names compare without case");
  }
  return {};
}

Result<> validate_match(const RuleMatch& match) {
  if (auto r = check_list("match.hosts", match.hosts, kMaxPatterns, route::fault_in_host_pattern);
      !r)
    return r;
  if (auto r = check_list("match.paths", match.paths, kMaxPatterns, fault_in_path); !r) return r;
  if (auto r = check_list("match.methods", match.methods, kMaxMethods, fault_in_method); !r)
    return r;
  if (auto r = validate_headers(match.headers); !r) return r;
  return check_list("match.routes", match.routes, kMaxPatterns, fault_in_route);
}

Result<> validate_key(const std::vector<KeyPart>& key) {
  if (auto r = at_most("key", key.size(), kMaxKeyParts); !r) return r;
  for (std::size_t i = 0; i < key.size(); ++i) {
    const KeyPart& part = key[i];
    const bool is_claim = part.kind == KeyKind::claim;
    const bool named = is_claim || part.kind == KeyKind::header || part.kind == KeyKind::cookie;
    const bool good = is_claim ? !part.name.empty() && part.name.size() <= kMaxFieldName &&
                                     is_printable(part.name)
                      : named ? is_token(part.name)
                              : part.name.empty();
    if (!good) return fault(at("key", i), "\"" + to_string(part) + "\" has no valid name");
    if (std::find(key.begin(), key.begin() + static_cast<std::ptrdiff_t>(i), part) !=
        key.begin() + static_cast<std::ptrdiff_t>(i))
      return fault(at("key", i), "\"" + to_string(part) + "\" stands there twice");
  }
  return {};
}

Result<> validate_quotas(const std::string& field, const std::vector<NamedQuota>& quotas) {
  if (auto r = at_most(field, quotas.size(), kMaxQuotas); !r) return r;
  for (std::size_t i = 0; i < quotas.size(); ++i) {
    const std::string& name = quotas[i].name;
    if (!naming::is_name(name, kMaxQuotaName))
      return fault(at(field, i) + ".name",
                   "must be 1 to 64 of a-z, 0-9, '.', '_' and '-', beginning with a letter or a "
                   "digit");
    for (std::size_t j = 0; j < i; ++j) {
      if (quotas[j].name == name)
        return fault(at(field, i) + ".name",
                     "\"" + name + "\" is taken by another quota; give each its own");
    }
    if (quotas[i].quota.window % Millis(1) != Nanos(0))
      return fault(at(field, i) + ".window", "must be whole milliseconds");
    if (auto r = validate(quotas[i].quota); !r)
      return error(r.error().code, at(field, i) + "." + r.error().what);
  }
  return {};
}

Result<> validate_tiers(const Rule& rule) {
  if (auto r = at_most("tiers", rule.tiers.size(), kMaxTiers); !r) return r;
  if (!rule.tiers.empty() && rule.plan_claim.empty())
    return fault("plan_claim", "is needed beside tiers: the claim that names the plan");
  if (auto r = short_text("plan_claim", rule.plan_claim, kMaxFieldName); !r) return r;
  for (std::size_t i = 0; i < rule.tiers.size(); ++i) {
    const Tier& tier = rule.tiers[i];
    const std::string field = "tiers." + tier.plan.substr(0, kMaxFieldName);
    if (tier.plan.empty()) return fault(field, "a plan has a name");
    if (auto r = short_text(field, tier.plan, kMaxFieldName); !r) return r;
    for (std::size_t j = 0; j < i; ++j)
      if (rule.tiers[j].plan == tier.plan) return fault(field, "stands there twice");
    if (auto r = validate_quotas(field, tier.quotas); !r) return r;
  }
  return {};
}

Result<> validate_rest(const Rule& rule) {
  if (auto r = check_list("allow", rule.allow, kMaxNetworks, fault_in_network); !r) return r;
  if (auto r = check_list("deny", rule.deny, kMaxNetworks, fault_in_network); !r) return r;
  if (rule.priority < -kMaxPriority || rule.priority > kMaxPriority)
    return fault("priority", "is " + std::to_string(rule.priority) + "; choose from -" +
                                 std::to_string(kMaxPriority) + " to " +
                                 std::to_string(kMaxPriority));
  if (rule.starts_at && *rule.starts_at < LogTime{})
    return fault("starts_at", "is before 1970; leave it out for a rule that holds already");
  if (rule.ends_at && *rule.ends_at < LogTime{})
    return fault("ends_at", "is before 1970; say active: false instead");
  if (rule.starts_at && rule.ends_at && *rule.starts_at >= *rule.ends_at)
    return fault("ends_at", "is not after starts_at; move one of them, or leave it out");
  const bool fixed = rule.cost.from == Cost::From::fixed;
  if (rule.cost.amount < 1 || rule.cost.amount > kMaxCost)
    return fault(fixed ? "cost" : "cost.default", "is " + std::to_string(rule.cost.amount) +
                                                      "; choose from 1 to " +
                                                      std::to_string(kMaxCost));
  if (fixed) return {};
  const bool of_request = rule.cost.from == Cost::From::request_header;
  if (!is_token(rule.cost.header))
    return fault(of_request ? "cost.request_header" : "cost.response_header",
                 "is no name of a header");
  return {};
}

std::size_t bytes_of(const std::vector<std::string>& list) {
  std::size_t bytes = 0;
  for (const std::string& text : list) bytes += text.size();
  return bytes;
}

std::size_t bytes_of(const std::vector<NamedQuota>& quotas) {
  std::size_t bytes = 0;
  for (const NamedQuota& quota : quotas) bytes += quota.name.size();
  return bytes;
}

// So that its record has a bound below the sum of all others.
Result<> validate_size(const Rule& rule) {
  const RuleMatch& match = rule.match;
  std::size_t bytes = rule.name.size() + rule.description.size() + rule.plan_claim.size();
  for (const auto* list :
       {&match.hosts, &match.paths, &match.methods, &match.routes, &rule.allow, &rule.deny})
    bytes += bytes_of(*list);
  for (const HeaderMatch& header : match.headers)
    bytes += header.name.size() + header.pattern.size();
  for (const KeyPart& part : rule.key) bytes += part.name.size();
  bytes += bytes_of(rule.quotas);
  for (const Tier& tier : rule.tiers) bytes += tier.plan.size() + bytes_of(tier.quotas);
  if (bytes <= kMaxRuleText) return {};
  return fault("match", "the rule's texts have " + std::to_string(bytes) +
                            " bytes together; keep to " + std::to_string(kMaxRuleText));
}

}  // namespace

bool is_valid_rule_name(std::string_view name) { return naming::is_name(name, kMaxRuleName); }

Result<> validate(const Rule& rule) {
  if (auto r = validate_kept(rule); !r) return r;
  const std::size_t hosts = std::max<std::size_t>(rule.match.hosts.size(), 1);
  const std::size_t paths = std::max<std::size_t>(rule.match.paths.size(), 1);
  if (hosts * paths <= kMaxPairs) return {};
  return fault("match.hosts", "its " + std::to_string(hosts) + " times the " +
                                  std::to_string(paths) + " of match.paths are more than " +
                                  std::to_string(kMaxPairs) + "; make several rules of it");
}

Result<> validate_kept(const Rule& rule) {
  if (!is_valid_rule_name(rule.name))
    return fault("name",
                 "must be 1 to 128 of a-z, 0-9, '.', '_' and '-', beginning with a letter or a "
                 "digit");
  if (auto r = short_text("description", rule.description, kMaxDescription); !r) return r;
  if (auto r = validate_match(rule.match); !r) return r;
  if (auto r = validate_key(rule.key); !r) return r;
  if (rule.quotas.empty()) return fault("quotas", "is empty; give at least one, such as \"10/s\"");
  if (auto r = validate_quotas("quotas", rule.quotas); !r) return r;
  if (auto r = validate_tiers(rule); !r) return r;
  if (auto r = validate_rest(rule); !r) return r;
  return validate_size(rule);
}

std::string to_string(const KeyPart& part) {
  for (const auto& [text, kind] : kPlainParts)
    if (kind == part.kind) return std::string(text) + part.name;
  return part.name;
}

std::optional<KeyPart> parse_key_part(std::string_view text) {
  for (const auto& [prefix, kind] : kPlainParts) {
    if (!prefix.ends_with(':') && text == prefix) return KeyPart{kind, {}};
    if (prefix.ends_with(':') && text.starts_with(prefix) && text.size() > prefix.size())
      return KeyPart{kind, std::string(text.substr(prefix.size()))};
  }
  return std::nullopt;
}

}  // namespace doorward::limit
