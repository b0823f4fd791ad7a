#include "app/serve/explain_rules.hpp"

#include "api/compat/systems.hpp"
#include "app/serve/upstreams.hpp"
#include "core/limit/rule_set.hpp"
#include "wire/duration.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <memory>
#include <vector>

namespace doorward::app {
namespace {

constexpr std::string_view kOwnBase = "/.doorward";

class NoHeaders final : public limit::HeaderSource {
 public:
  std::optional<std::string_view> header(std::string_view, std::size_t) const override {
    return std::nullopt;
  }
};

std::string quota_text(const limit::Quota& quota) {
  if (quota.algorithm == limit::Algorithm::concurrency)
    return fmt::format("{} at once", quota.limit);
  const auto window = std::chrono::floor<Millis>(quota.window);
  return fmt::format("{} in {}", quota.limit, wire::format_duration(window));
}

std::string key_text(const std::vector<limit::KeyPart>& key) {
  if (key.empty()) return "for all together";
  std::string text = "for each ";
  for (const limit::KeyPart& part : key) {
    if (&part != key.data()) text += " and ";
    text += limit::to_string(part);
  }
  return text;
}

std::string rule_text(const limit::Rule& rule) {
  std::string text = rule.name + " (";
  for (const limit::NamedQuota& quota : rule.quotas) {
    if (&quota != rule.quotas.data()) text += ", ";
    text += quota_text(quota.quota);
  }
  if (rule.quotas.empty()) text += "no limit";
  text += " " + key_text(rule.key);
  for (const limit::HeaderMatch& header : rule.match.headers)
    text += fmt::format(", if {} is {}", header.name, header.pattern);
  if (!rule.allow.empty()) text += ", not for the networks of allow";
  if (!rule.deny.empty()) text += ", refused for the networks of deny";
  if (rule.starts_at || rule.ends_at) text += ", within its time";
  if (rule.dry_run) text += ", dry run";
  return text + ")";
}

// As they would be for a request that meets every condition which only the request decides.
limit::RuleSet unconditional(const std::vector<config::RuleSettings>& rules) {
  std::vector<limit::RulePtr> made;
  for (const config::RuleSettings& settings : rules) {
    limit::Rule rule = settings.rule;
    rule.match.headers.clear();
    rule.allow.clear();
    rule.deny.clear();
    rule.starts_at.reset();
    rule.ends_at.reset();
    made.push_back(std::make_shared<limit::CompiledRule>(
        limit::RuleEntry{std::move(rule), made.size() + 1, limit::RuleSource::file, {}, {}}));
  }
  return limit::RuleSet(std::move(made));
}

bool is_native(std::string_view path) {
  constexpr std::array<std::string_view, 7> kPaths{
      "/metrics", "/dashboard", "/openapi.json", "/.well-known/jwks.json",
      "/v1",      "/docs",      "/redoc"};
  constexpr std::array<std::string_view, 4> kBelow{"/v1/", "/health/", "/dashboard/",
                                                   "/.doorward/"};
  const auto begins = [&](std::string_view below) { return path.starts_with(below); };
  return std::ranges::find(kPaths, path) != kPaths.end() || std::ranges::any_of(kBelow, begins);
}

bool is_own(const config::Config& config, std::string_view path) {
  const api::compat::Systems systems(config::switched_off(config.compat));
  return !path.starts_with(kOwnBase) && (systems.owns(path) || is_native(path));
}

bool is_open(const config::Config& config, const AskedRequest& asked) {
  return !config.identity.required ||
         route::covers(user_rule_of(config).open, asked.path, asked.method);
}

}  // namespace

std::string explain_rules(const config::Config& config, const AskedRequest& asked) {
  const NoHeaders headers;
  const limit::RuleSet rules = unconditional(config.rules);
  limit::FoundRules found;  // points into `rules`
  rules.find({.host = asked.host,
              .path = asked.path,
              .method = asked.method,
              .route = asked.route == nullptr ? std::string_view() : asked.route->name,
              .headers = headers,
              .client = {},
              .now = {}},
             found);
  std::string text;
  for (const limit::Applied& applied : found.rules) {
    const auto is_it = [&](const config::RuleSettings& settings) {
      return settings.rule.name == applied.rule->rule().name;
    };
    if (!text.empty()) text += "; ";
    text += rule_text(std::ranges::find_if(config.rules, is_it)->rule);
  }
  return "rate_rules: " + (text.empty() ? "none of the configuration applies" : text);
}

std::string explain_no_route(const config::Config& config, const AskedRequest& asked) {
  const std::string begin = "no route: ";
  const api::compat::Systems systems(config::switched_off(config.compat));
  if (const auto* system = systems.system_of(asked.path); system != nullptr) {
    if (system->name.empty()) return begin + "a call that the compatible systems share";
    return fmt::format("{}a call of compat.{}", begin, system->name);
  }
  if (is_native(asked.path)) return begin + "Doorward's own call";
  if (systems.owns(asked.path))
    return begin + "307 to the path that differs by its last slash, a call of a compatible system";
  return begin + (is_open(config, asked) ? "404" : "401 without a user, else 404");
}

std::string explain_own_path(const config::Config& config, const AskedRequest& asked) {
  if (asked.route == nullptr || !is_own(config, asked.path)) return {};
  return fmt::format(
      "note: {} would be Doorward's own; this route takes it to the backend. Doorward's own calls "
      "stay at {}{}",
      asked.path, kOwnBase, asked.path);
}

}  // namespace doorward::app
