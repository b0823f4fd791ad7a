#include "wire/rule_json.hpp"

#include "wire/clip.hpp"
#include "wire/duration.hpp"
#include "wire/json_reader.hpp"
#include "wire/quota_text.hpp"
#include "wire/rfc3339.hpp"

#include <fmt/format.h>
#include <boost/json.hpp>

namespace doorward::wire {
namespace {

namespace json = boost::json;
using limit::Algorithm;
using limit::Cost;
using limit::Dialect;
using limit::NamedQuota;
using limit::OnError;
using limit::RefusedBody;
using limit::Rule;

using At = JsonReader::At;
using Value = JsonReader::Value;
using Fault = std::optional<Error>;

constexpr std::pair<const char*, Algorithm> kAlgorithms[] = {
    {"fixed_window", Algorithm::fixed_window},
    {"sliding_log", Algorithm::sliding_log},
    {"sliding_counter", Algorithm::sliding_counter},
    {"token_bucket", Algorithm::token_bucket},
    {"gcra", Algorithm::gcra},
    {"concurrency", Algorithm::concurrency}};
constexpr std::pair<const char*, OnError> kOnErrors[] = {{"open", OnError::open},
                                                         {"closed", OnError::closed}};
constexpr std::pair<const char*, RefusedBody> kBodies[] = {
    {"problem", RefusedBody::problem}, {"rate_limiter", RefusedBody::rate_limiter}};
constexpr std::pair<const char*, Dialect> kDialects[] = {
    {"ietf", Dialect::ietf}, {"x_ratelimit", Dialect::x_ratelimit}, {"envoy", Dialect::envoy},
    {"kong", Dialect::kong}, {"spring", Dialect::spring},           {"none", Dialect::none}};

// A list is replaced; null empties it.
void read_texts(Value value, At path, std::size_t most, std::vector<std::string>& to,
                Fault& fault) {
  JsonReader in(path, fault);
  to.clear();
  if (value.is_null()) return;
  in.items(value, path, most, [&](Value v, At at) { in.text(v, at, to.emplace_back()); });
}

void read_headers(Value value, At path, std::vector<limit::HeaderMatch>& to, Fault& fault) {
  JsonReader in(path, fault);
  to.clear();
  if (value.is_null()) return;
  in.named(value, path, [&](std::string_view name, Value v, At at) {
    limit::HeaderMatch& header = to.emplace_back();
    header.name = name;
    in.text(v, at, header.pattern);
  });
}

void read_match(Value value, At path, limit::RuleMatch& to, Fault& fault) {
  JsonReader in(path, fault);
  const auto texts = [&fault](std::vector<std::string>& list, std::size_t most) {
    return [&list, &fault, most](Value v, At at) { read_texts(v, at, most, list, fault); };
  };
  in.object(value, {{"hosts", texts(to.hosts, limit::kMaxPatterns)},
                    {"paths", texts(to.paths, limit::kMaxPatterns)},
                    {"methods", texts(to.methods, limit::kMaxMethods)},
                    {"headers", [&](Value v, At at) { read_headers(v, at, to.headers, fault); }},
                    {"routes", texts(to.routes, limit::kMaxPatterns)}});
}

void read_key(Value value, At path, std::vector<limit::KeyPart>& to, Fault& fault) {
  JsonReader in(path, fault);
  to.clear();
  if (value.is_null()) return;
  in.items(value, path, limit::kMaxKeyParts, [&](Value v, At at) {
    std::string text;
    in.text(v, at, text);
    const auto part = limit::parse_key_part(text);
    if (part) return to.push_back(*part);
    in.fail(at, fmt::format("\"{}\" is no part of a key; choose from client, user, api_key, room, "
                            "endpoint, header:NAME, cookie:NAME and claim:NAME",
                            clip(text, 60)));
  });
}

void read_quota(Value value, At path, NamedQuota& to, Fault& fault) {
  JsonReader in(path, fault);
  to.quota.algorithm = kDefaultAlgorithm;
  if (value.is_string()) {
    const auto parsed = parse_quota(value.get_string());
    if (parsed.has_error()) return in.fail(path, parsed.error().what);
    to.quota = *parsed;
  } else {
    limit::Quota& quota = to.quota;
    Millis window = std::chrono::duration_cast<Millis>(quota.window);
    in.object(value,
              {{"name", [&](Value v, At at) { in.text(v, at, to.name); }},
               {"algorithm",
                [&](Value v, At at) { in.name<Algorithm>(v, at, kAlgorithms, quota.algorithm); }},
               {"limit", [&](Value v, At at) { in.count(v, at, quota.limit); }},
               {"window", [&](Value v, At at) { in.duration(v, at, window); }},
               {"burst", [&](Value v, At at) { in.count(v, at, quota.burst); }},
               {"count_refused", [&](Value v, At at) { in.boolean(v, at, quota.count_refused); }}});
    quota.window = window;
  }
  if (to.name.empty()) to.name = quota_name(to.quota);
}

void read_quotas(Value value, At path, std::vector<NamedQuota>& to, Fault& fault) {
  JsonReader in(path, fault);
  to.clear();
  if (value.is_null()) return;
  in.items(value, path, limit::kMaxQuotas,
           [&](Value v, At at) { read_quota(v, at, to.emplace_back(), fault); });
}

// As in YAML: quotas, or an object that holds them; an empty one is no limit.
void read_tier(Value value, At path, std::vector<NamedQuota>& to, Fault& fault) {
  const json::object* object = value.if_object();
  const bool holds_quotas = object != nullptr && (object->empty() || object->contains("quota") ||
                                                  object->contains("quotas"));
  if (!holds_quotas) return read_quotas(value, path, to, fault);
  JsonReader in(path, fault);
  if (object->size() > 1 && object->contains("quota") && object->contains("quotas"))
    return in.fail(path + ".quota", "stands beside \"quotas\"; keep one of them");
  const auto quotas = [&](Value v, At at) { read_quotas(v, at, to, fault); };
  in.object(value, {{"quota", quotas}, {"quotas", quotas}});
}

void read_tiers(Value value, At path, std::vector<limit::Tier>& to, Fault& fault) {
  JsonReader in(path, fault);
  to.clear();
  if (value.is_null()) return;
  in.named(value, path, [&](std::string_view plan, Value v, At at) {
    limit::Tier& tier = to.emplace_back();
    tier.plan = plan;
    read_tier(v, at, tier.quotas, fault);
  });
}

void read_cost(Value value, At path, Cost& to, Fault& fault) {
  JsonReader in(path, fault);
  to = Cost();
  if (!value.is_object()) return in.count(value, path, to.amount);
  const auto header = [&](Cost::From from) {
    return [&, from](Value v, At at) {
      if (to.from != Cost::From::fixed)
        return in.fail(at, "stands beside another header; a cost comes from one");
      to.from = from;
      in.text(v, at, to.header);
    };
  };
  in.object(value, {{"request_header", header(Cost::From::request_header)},
                    {"response_header", header(Cost::From::response_header)},
                    {"default", [&](Value v, At at) { in.count(v, at, to.amount); }}});
}

void read_dialect(Value value, At path, std::optional<Dialect>& to, Fault& fault) {
  JsonReader in(path, fault);
  to.reset();
  if (value.is_null()) return;
  in.name<Dialect>(value, path, kDialects, to.emplace());
}

void read_rule(Value value, Rule& to, Fault& fault) {
  JsonReader in("", fault);
  const auto text = [&in](std::string& slot) {
    return [&in, &slot](Value v, At at) { in.text(v, at, slot); };
  };
  const auto flag = [&in](bool& slot) {
    return [&in, &slot](Value v, At at) { in.boolean(v, at, slot); };
  };
  const auto time = [&in](std::optional<LogTime>& slot) {
    return [&in, &slot](Value v, At at) {
      json_optional<LogTime>(v, slot, [&](LogTime& t) { in.time(v, at, t); });
    };
  };
  const auto networks = [&fault](std::vector<std::string>& list) {
    return [&list, &fault](Value v, At at) { read_texts(v, at, limit::kMaxNetworks, list, fault); };
  };
  const auto quotas = [&](Value v, At at) { read_quotas(v, at, to.quotas, fault); };
  if (value.as_object().contains("quota") && value.as_object().contains("quotas"))
    in.fail("quota", "stands beside \"quotas\"; keep one of them");
  in.object(value,
            {{"name", text(to.name)},
             {"description", text(to.description)},
             {"match", [&](Value v, At at) { read_match(v, at, to.match, fault); }},
             {"key", [&](Value v, At at) { read_key(v, at, to.key, fault); }},
             {"quota", quotas},
             {"quotas", quotas},
             {"plan_claim", text(to.plan_claim)},
             {"tiers", [&](Value v, At at) { read_tiers(v, at, to.tiers, fault); }},
             {"allow", networks(to.allow)},
             {"deny", networks(to.deny)},
             {"dry_run", flag(to.dry_run)},
             {"on_error", [&](Value v, At at) { in.name<OnError>(v, at, kOnErrors, to.on_error); }},
             {"priority", [&](Value v, At at) { in.integer(v, at, to.priority); }},
             {"stop", flag(to.stop)},
             {"fallback", flag(to.fallback)},
             {"starts_at", time(to.starts_at)},
             {"ends_at", time(to.ends_at)},
             {"cost", [&](Value v, At at) { read_cost(v, at, to.cost, fault); }},
             {"headers", [&](Value v, At at) { read_dialect(v, at, to.headers, fault); }},
             {"refused", [&](Value v, At at) { in.name<RefusedBody>(v, at, kBodies, to.refused); }},
             {"active", flag(to.active)}});
}

json::array list_json(const std::vector<std::string>& list) {
  return json::array(list.begin(), list.end());
}

json::array quotas_json(const std::vector<NamedQuota>& quotas) {
  json::array list;
  for (const auto& [name, quota] : quotas) {
    list.push_back(
        json::object{{"name", name},
                     {"algorithm", json_name<Algorithm>(kAlgorithms, quota.algorithm)},
                     {"limit", quota.limit},
                     {"window", format_duration(std::chrono::duration_cast<Millis>(quota.window))},
                     {"burst", quota.burst},
                     {"count_refused", quota.count_refused}});
  }
  return list;
}

json::value cost_json(const Cost& cost) {
  if (cost.from == Cost::From::fixed) return cost.amount;
  const bool of_request = cost.from == Cost::From::request_header;
  return json::object{{of_request ? "request_header" : "response_header", cost.header},
                      {"default", cost.amount}};
}

json::object match_json(const limit::RuleMatch& match) {
  json::object headers;
  for (const auto& [name, pattern] : match.headers) headers[name] = pattern;
  return {{"hosts", list_json(match.hosts)},
          {"paths", list_json(match.paths)},
          {"methods", list_json(match.methods)},
          {"headers", std::move(headers)},
          {"routes", list_json(match.routes)}};
}

}  // namespace

Result<Rule> rule_from_json(const json::object& object, Rule base) {
  Fault fault;
  read_rule(json::value(object), base, fault);
  if (fault) return *fault;
  const auto valid = limit::validate(base);
  if (valid.has_error()) return valid.error();
  return base;
}

json::object rule_to_json(const Rule& rule) {
  json::array key;
  for (const limit::KeyPart& part : rule.key) key.emplace_back(limit::to_string(part));
  json::object tiers;
  for (const auto& [plan, quotas] : rule.tiers) tiers[plan] = quotas_json(quotas);
  return {{"name", rule.name},
          {"description", rule.description},
          {"match", match_json(rule.match)},
          {"key", std::move(key)},
          {"quotas", quotas_json(rule.quotas)},
          {"plan_claim", rule.plan_claim},
          {"tiers", std::move(tiers)},
          {"allow", list_json(rule.allow)},
          {"deny", list_json(rule.deny)},
          {"dry_run", rule.dry_run},
          {"on_error", json_name<OnError>(kOnErrors, rule.on_error)},
          {"priority", rule.priority},
          {"stop", rule.stop},
          {"fallback", rule.fallback},
          {"starts_at", json_or_null(rule.starts_at, format_rfc3339)},
          {"ends_at", json_or_null(rule.ends_at, format_rfc3339)},
          {"cost", cost_json(rule.cost)},
          {"headers",
           json_or_null(rule.headers, [](Dialect d) { return json_name<Dialect>(kDialects, d); })},
          {"refused", json_name<RefusedBody>(kBodies, rule.refused)},
          {"active", rule.active}};
}

json::object rule_entry_to_json(const limit::RuleEntry& entry) {
  json::object object = rule_to_json(entry.rule);
  object["id"] = entry.id;
  object["source"] = entry.source == limit::RuleSource::file ? "file" : "admin";
  object["created_at"] = format_rfc3339(entry.created_at);
  object["updated_at"] = format_rfc3339(entry.updated_at);
  return object;
}

}  // namespace doorward::wire
