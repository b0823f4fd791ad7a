#include "api/compat/rate_limiter/config.hpp"

#include "base/siphash.hpp"
#include "core/route/path.hpp"
#include "wire/json_strict.hpp"
#include "wire/json_text.hpp"
#include "wire/rfc3339.hpp"

#include <fmt/format.h>
#include <boost/json.hpp>

#include <algorithm>
#include <cmath>

namespace doorward::api::rate_limiter {
namespace {

namespace json = boost::json;
using limit::KeyKind;
using limit::Quota;
using limit::Rule;
using std::chrono::seconds;

constexpr std::string_view kQuotaName = "window";
constexpr std::string_view kNamePrefix = "config.";
constexpr std::size_t kMaxSlug = 80;

const std::vector<limit::KeyPart>& key() {
  static const std::vector<limit::KeyPart> kKey{{KeyKind::header, "X-Client-ID"},
                                                {KeyKind::endpoint, {}}};
  return kKey;
}

const char* name_of(Algorithm algorithm) {
  switch (algorithm) {
    case Algorithm::sliding_window: return "sliding_window";
    case Algorithm::fixed_window: return "fixed_window";
    case Algorithm::token_bucket: return "token_bucket";
  }
  return "";
}

limit::Algorithm counted_by(const Config& config) {
  if (config.algorithm == Algorithm::token_bucket) return limit::Algorithm::token_bucket;
  if (config.algorithm == Algorithm::fixed_window) return limit::Algorithm::fixed_window;
  // The exact log is for limits that are worth 12 bytes a request.
  return config.requests > limit::kMaxLogLimit ? limit::Algorithm::sliding_counter
                                               : limit::Algorithm::sliding_log;
}

std::optional<Algorithm> algorithm_of(limit::Algorithm algorithm) {
  switch (algorithm) {
    case limit::Algorithm::sliding_log:
    case limit::Algorithm::sliding_counter: return Algorithm::sliding_window;
    case limit::Algorithm::fixed_window: return Algorithm::fixed_window;
    case limit::Algorithm::token_bucket: return Algorithm::token_bucket;
    default: return std::nullopt;
  }
}

// A rate as a whole number in whole seconds, as exactly as the bounds of a quota let it be.
void set_rate(double per_second, Quota& quota) {
  constexpr std::int64_t kLongest = 1'000'000;
  std::int64_t in = 1;
  const auto is_whole = [&](double number) {
    return std::abs(number - std::round(number)) < 1e-9 * number;
  };
  while (in < kLongest && per_second * static_cast<double>(in) * 10 <= limit::kMaxLimit &&
         !is_whole(per_second * static_cast<double>(in)))
    in *= 10;
  quota.limit = static_cast<std::uint64_t>(
      std::clamp(std::round(per_second * static_cast<double>(in)), 0.0, 2.0 * limit::kMaxLimit));
  quota.window = seconds(in);
}

Quota quota_of(const Config& config) {
  Quota quota;
  quota.algorithm = counted_by(config);
  quota.limit = config.requests;
  quota.window = seconds(static_cast<std::int64_t>(config.window_s));
  if (config.algorithm != Algorithm::token_bucket) return quota;
  quota.burst = config.burst.value_or(config.refill ? config.requests : 0);
  if (config.refill) set_rate(*config.refill, quota);
  return quota;
}

json::object as_given(const Config& config) {
  json::object given{{"requests_per_window", config.requests}, {"window_seconds", config.window_s}};
  if (config.burst) given["burst_limit"] = *config.burst;
  if (config.refill) given["refill_rate"] = *config.refill;
  return given;
}

// What the quota says by itself.
Config shown_of(const Quota& quota, Algorithm algorithm) {
  Config config;
  config.algorithm = algorithm;
  config.requests = quota.limit;
  config.window_s = static_cast<std::uint64_t>(
      std::chrono::ceil<seconds>(std::max(quota.window, limit::Nanos{1})).count());
  if (quota.burst != 0) config.burst = quota.burst;
  return config;
}

bool same_numbers(const Config& a, const Config& b) {
  return a.requests == b.requests && a.window_s == b.window_s && a.burst == b.burst &&
         a.refill == b.refill;
}

void read_given(std::string_view description, const Quota& quota, Config& config) {
  if (!description.starts_with('{')) return;
  const auto given = wire::parse_json_strict(description);
  if (given.has_error() || !given->is_object()) return;
  Config said = config;
  said.burst.reset();
  const bool is_good = read_config(given->get_object(), Needed::none, said).empty();
  if (is_good && quota_of(said) == quota) config = said;
}

}  // namespace

std::string endpoint_of(std::string_view said) {
  return said.starts_with('/') ? std::string(said) : '/' + std::string(said);
}

bool same_endpoint(std::string_view a, std::string_view b) {
  return a == b || (route::read_path(a, {}) == route::read_path(b, {}) && route::read_path(a, {}));
}

std::string rule_name(std::string_view endpoint) {
  const std::string read = route::read_path(endpoint, {}).value_or("");
  std::string slug;
  for (const char c : read.substr(0, kMaxSlug)) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
    if (plain)
      slug += c;
    else if (!slug.empty() && slug.back() != '-')
      slug += '-';
  }
  // Not a secret: it only tells one endpoint from another.
  return fmt::format("{}{}.{:016x}", kNamePrefix, slug.empty() ? "root" : slug,
                     siphash64(SipKey{}, read));
}

Rule rule_of(const Config& config, Rule base) {
  const Quota quota = quota_of(config);
  Config plain = shown_of(quota, config.algorithm);
  base.match.paths = {config.endpoint};
  base.quotas = {{std::string(kQuotaName), quota}};
  base.active = config.active;
  base.description = same_numbers(plain, config) ? "" : wire::json_text(as_given(config));
  return base;
}

Rule new_rule(const Config& config) {
  Rule rule;
  rule.name = rule_name(config.endpoint);
  rule.key = key();
  rule.headers = limit::Dialect::x_ratelimit;
  rule.refused = limit::RefusedBody::rate_limiter;
  return rule_of(config, std::move(rule));
}

Faults faults_of(const Rule& rule, const Config& config) {
  const auto valid = limit::validate(rule);
  if (!valid.has_error()) return {};
  const std::string& what = valid.error().what;
  const auto is_about = [&](std::string_view member) {
    return what.substr(0, what.find(':')).find(member) != std::string::npos;
  };
  const char* member = is_about("paths")    ? "endpoint"
                       : is_about("burst")  ? "burst_limit"
                       : config.refill      ? "refill_rate"
                       : is_about("window") ? "window_seconds"
                       : is_about("limit")  ? "requests_per_window"
                                            : "endpoint";
  const auto after = what.find(": ");
  return {{member, "value_error", what.substr(after == std::string::npos ? 0 : after + 2)}};
}

std::optional<Config> config_of(const Rule& rule) {
  const limit::RuleMatch& match = rule.match;
  const bool is_plain = match.paths.size() == 1 && match.hosts.empty() && match.methods.empty() &&
                        match.headers.empty() && match.routes.empty() && rule.tiers.empty();
  if (!is_plain || rule.key != key() || rule.quotas.size() != 1 || rule.fallback)
    return std::nullopt;
  const Quota& quota = rule.quotas.front().quota;
  const auto algorithm = algorithm_of(quota.algorithm);
  if (!algorithm) return std::nullopt;
  Config config = shown_of(quota, *algorithm);
  read_given(rule.description, quota, config);
  config.endpoint = match.paths.front();
  config.active = rule.active;
  return config;
}

json::object config_json(const limit::RuleEntry& entry, const Config& config) {
  const bool is_bucket = config.algorithm == Algorithm::token_bucket;
  json::value burst, refill;
  if (config.burst)
    burst = *config.burst;
  else if (is_bucket)
    burst = config.requests;
  if (config.refill)
    refill = *config.refill;
  else if (is_bucket)
    refill = static_cast<double>(config.requests) / static_cast<double>(config.window_s);
  return {{"id", entry.id},
          {"endpoint", config.endpoint},
          {"requests_per_window", config.requests},
          {"window_seconds", config.window_s},
          {"algorithm", name_of(config.algorithm)},
          {"burst_limit", std::move(burst)},
          {"refill_rate", std::move(refill)},
          {"is_active", config.active},
          {"created_at", wire::format_rfc3339(entry.created_at)},
          {"updated_at", wire::format_rfc3339(entry.updated_at)}};
}

}  // namespace doorward::api::rate_limiter
