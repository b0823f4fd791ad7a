#include "app/config/describe_rules.hpp"

#include "app/config/address.hpp"
#include "app/config/form.hpp"
#include "core/limit/network.hpp"
#include "wire/quota_text.hpp"

#include <fmt/format.h>

#include <utility>

namespace doorward::app::config {
namespace {

using limit::Algorithm;
using limit::Cost;
using limit::Dialect;
using limit::NamedQuota;
using limit::Rule;

const Text kPattern{"a path pattern, such as /buy, /buy/* or /buy/**", 1024, is_path_pattern};
const Text kHost{"a host, such as shop.example or *.shop.example", 253, is_host_pattern};
const Text kMethod{"a method, such as GET", 32, is_method};
const Text kNetwork{"a network, such as 10.0.0.0/8 or 2001:db8::/32", 64,
                    [](std::string_view t) { return limit::parse_network(t).has_value(); }};
const Text kHeader{"the name of a header", limit::kMaxFieldName};
const Text kShortQuota{"a number, '/' and a time, such as 10/s, 100/1h or 1000/day", 40,
                       [](std::string_view t) { return wire::parse_quota(t).has_value(); }};
const Text kKeyPart{"client, user, api_key, room, endpoint, header:NAME, cookie:NAME or claim:NAME",
                    80, [](std::string_view t) { return limit::parse_key_part(t).has_value(); }};

const Names<Algorithm> kAlgorithms{{"fixed_window", Algorithm::fixed_window},
                                   {"sliding_log", Algorithm::sliding_log},
                                   {"sliding_counter", Algorithm::sliding_counter},
                                   {"token_bucket", Algorithm::token_bucket},
                                   {"gcra", Algorithm::gcra},
                                   {"concurrency", Algorithm::concurrency}};
const Names<Dialect> kDialects{{"ietf", Dialect::ietf},     {"x_ratelimit", Dialect::x_ratelimit},
                               {"envoy", Dialect::envoy},   {"kong", Dialect::kong},
                               {"spring", Dialect::spring}, {"none", Dialect::none}};

void describe_quota(Form& form, NamedQuota& named) {
  limit::Quota& quota = named.quota;
  quota.algorithm = wire::kDefaultAlgorithm;
  Millis window{std::chrono::seconds{1}};
  bool is_short = false;
  Scalar in_short = text_scalar(kShortQuota, {}, [&](const std::string& text) {
    quota = wire::parse_quota(text).value();
    window = std::chrono::duration_cast<Millis>(quota.window);
  });
  in_short.set = [&is_short, set = std::move(in_short.set)](const Node& node) {
    is_short = true;
    return set(node);
  };
  form.shorthand("quota");
  form.scalar("quota", std::move(in_short),
              "Limit and window in short: `10/s`; alone or with what follows.", Presence::optional);
  form.scalar(
      "limit", scalar_of(quota.limit, Range{1, static_cast<std::int64_t>(limit::kMaxLimit)}),
      "How much may pass in one window.", is_short ? Presence::optional : Presence::required);
  form.field("window", window, "The window; of `concurrency`, the lease.",
             Within{std::chrono::duration_cast<Millis>(limit::kMinWindow),
                    std::chrono::duration_cast<Millis>(limit::kMaxWindow)});
  form.field("algorithm", quota.algorithm, "How it is counted; see docs/limits.md.", kAlgorithms);
  form.field("burst", quota.burst,
             "Buckets: what may pass at once after a rest; 0: as much as `limit`.",
             Range{0, static_cast<std::int64_t>(limit::kMaxLimit)});
  form.field("count_refused", quota.count_refused, "Whether refused requests are counted too.");
  form.field("name", named.name, "Its name in the rate headers; absent: its window.",
             Text{"text", limit::kMaxQuotaName});
  quota.window = window;
  if (named.name.empty()) named.name = wire::quota_name(quota);
}

void describe_quotas(Form& form, std::vector<NamedQuota>& quotas) {
  const auto add = [&quotas](const std::string& text) {
    const limit::Quota quota = wire::parse_quota(text).value();
    quotas.push_back({wire::quota_name(quota), quota});
  };
  form.scalars("quota", text_scalar(kShortQuota, {}, add), "The limits in short: `10/s`.",
               Presence::optional);
  form.list("quotas", "The limits, in short or in full; every one must hold.",
            [&](Form& item) { describe_quota(item, quotas.emplace_back()); });
}

void describe_match(Form& form, limit::RuleMatch& match) {
  form.alias("path", "paths");
  form.alias("host", "hosts");
  form.alias("method", "methods");
  form.alias("route", "routes");
  form.fields("paths", match.paths, "Path patterns: `/buy`, `/buy/*` (one segment), `/buy/**`.",
              kPattern);
  form.fields("hosts", match.hosts, "Host names; `*.shop.example` for all below.", kHost);
  form.fields("methods", match.methods, "Methods.", kMethod);
  form.named("headers", "HEADER", "Headers that a request must have.",
             [&](Form& item, std::string_view name) {
               limit::HeaderMatch& header = match.headers.emplace_back();
               header.name = name;
               item.shorthand("value");
               item.required("value", header.pattern, "`gold`, `go*`, or `*` for any value.",
                             Text{"a value", limit::kMaxPatternText});
             });
  form.fields("routes", match.routes, "Names of routes.", Text{"the name of a route", 64});
}

void describe_cost(Form& form, Cost& cost) {
  std::string of_request;
  std::string of_response;
  form.shorthand("default");
  form.field("default", cost.amount, "What a request costs, where no header says it.",
             Range{1, limit::kMaxCost});
  form.field("request_header", of_request, "The request's header that says it.", kHeader);
  form.field("response_header", of_response,
             "The response's header that says it; charged after the answer.", kHeader);
  if (!of_request.empty() && !of_response.empty())
    form.fail("response_header", "stands beside request_header; a cost comes from one of them");
  if (!of_request.empty()) cost = {Cost::From::request_header, of_request, cost.amount};
  if (!of_response.empty()) cost = {Cost::From::response_header, of_response, cost.amount};
}

void describe_key(Form& form, std::vector<limit::KeyPart>& key) {
  const std::vector<limit::KeyPart> by_default = key;
  key.clear();
  const auto add = [&key](const std::string& text) {
    key.push_back(limit::parse_key_part(text).value());
  };
  form.scalars("key", text_scalar(kKeyPart, {}, add),
               "What requests are told apart by; an empty list: all share one count. Absent: "
               "`client`.",
               Presence::optional);
  if (!form.present("key")) key = by_default;
}

void describe_who(Form& form, Rule& rule) {
  describe_key(form, rule.key);
  form.field("plan_claim", rule.plan_claim, "The claim of the token that names the plan.",
             Text{"text", limit::kMaxFieldName});
  form.named("tiers", "PLAN", "What the holders of a plan have instead; `{}`: no limit.",
             [&](Form& item, std::string_view plan) {
               limit::Tier& tier = rule.tiers.emplace_back();
               tier.plan = plan;
               item.shorthand("quota");
               describe_quotas(item, tier.quotas);
             });
  form.fields("allow", rule.allow, "Networks that the rule does not count.", kNetwork);
  form.fields("deny", rule.deny, "Networks that it refuses.", kNetwork);
}

void describe_when(Form& form, Rule& rule) {
  form.field("active", rule.active, "Whether it is switched on.");
  form.field("dry_run", rule.dry_run, "Counts and reports, and refuses nobody.");
  form.field(
      "on_error", rule.on_error, "What passes while the counters cannot be had.",
      Names<limit::OnError>{{"open", limit::OnError::open}, {"closed", limit::OnError::closed}});
  form.field("priority", rule.priority, "Higher comes first.",
             Range{-limit::kMaxPriority, limit::kMaxPriority});
  form.field("stop", rule.stop, "Of the rules that apply, none after this one does.");
  form.field("fallback", rule.fallback, "Applies only where no other rule does.");
  form.field("starts_at", rule.starts_at, "Not in force before it.");
  form.field("ends_at", rule.ends_at, "Not in force from then on.");
}

void describe_answer(Form& form, Rule& rule) {
  form.group("cost", "What a request costs.", [&](Form& g) { describe_cost(g, rule.cost); });
  std::vector<std::string_view> names;
  for (const auto& [name, dialect] : kDialects) names.push_back(name);
  form.scalar(
      "headers",
      choice_scalar(names, {}, [&rule](std::size_t i) { rule.headers = kDialects[i].second; }),
      "The rate headers of answers; absent: `counters.headers`.", Presence::optional);
  form.field("refused", rule.refused, "The body of a refusal.",
             Names<limit::RefusedBody>{{"problem", limit::RefusedBody::problem},
                                       {"rate_limiter", limit::RefusedBody::rate_limiter}});
}

}  // namespace

void describe(Form& form, std::string_view name, RuleSettings& settings) {
  Rule& rule = settings.rule;
  rule.name = name;
  settings.at = form.place("");
  form.shorthand("quota");
  form.field("description", rule.description, "What it is for.",
             Text{"text", limit::kMaxDescription});
  form.group("match", "Which requests it counts; absent: all.", [&](Form& g) {
    describe_match(g, rule.match);
    for (std::size_t i = 0; i < rule.match.routes.size(); ++i)
      settings.routes_at.push_back(g.place(fmt::format("routes[{}]", i)));
  });
  describe_quotas(form, rule.quotas);
  describe_who(form, rule);
  describe_when(form, rule);
  describe_answer(form, rule);
  if (name == "NAME" || !form.sound()) return;
  const auto valid = limit::validate(rule);
  if (valid) return;
  std::string what = valid.error().what;
  // By the name that the file has for them.
  constexpr std::string_view kQuotas = "quotas";
  if (what.starts_with(kQuotas) && !form.present(kQuotas) && form.present("quota"))
    what.replace(0, kQuotas.size(), "quota");
  form.refuse(std::move(what));
}

}  // namespace doorward::app::config
