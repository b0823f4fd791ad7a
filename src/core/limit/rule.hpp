// A rule: which requests it counts, by what key, and against which quotas. Values only; RuleSet
// finds the rules of a request, `decide` of core/limit counts.
//
// Units:  durations in milliseconds, times in log time.
// Bounds: see `validate`.
// Spec:   docs/rules.md.
#pragma once

#include "base/result.hpp"
#include "base/time.hpp"
#include "core/limit/quota.hpp"
#include "core/name.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace doorward::limit {

// Header names compare without case, values with it. A pattern is "gold" (exactly that), "go*"
// (anything that begins so) or "*" (anything, but the header must be there).
struct HeaderMatch {
  std::string name;
  std::string pattern;
  friend bool operator==(const HeaderMatch&, const HeaderMatch&) = default;
};

// Empty lists match everything; a request must match every list, and every header. Hosts and paths
// are patterns as core/route/route.hpp has them, "GET" covers HEAD. A path is matched in every
// reading that a server could choose, so that "/buy;x" is counted as "/buy" too. Doorward's own
// calls are matched by their path without "/.doorward": "/v1/rooms/**".
struct RuleMatch {
  std::vector<std::string> hosts;
  std::vector<std::string> paths;
  std::vector<std::string> methods;
  std::vector<HeaderMatch> headers;
  std::vector<std::string> routes;  // names of the gateway's routes
  friend bool operator==(const RuleMatch&, const RuleMatch&) = default;
};

// What requests are told apart by. Where a request lacks its user, API key, header, cookie or
// claim, the client's address stands in its place: leaving a header out gains nothing.
enum class KeyKind : std::uint8_t {
  client,    // address; IPv6 by its /64
  user,      // subject of a verified token
  api_key,   // name of a verified API key
  header,    // a request header's value
  cookie,    // a cookie's value
  claim,     // a claim of a verified token
  room,      // the room that the request is about
  endpoint,  // the path, without query and method
};
struct KeyPart {
  KeyKind kind = KeyKind::client;
  std::string name = {};  // of a header, a cookie, a claim; empty otherwise
  friend bool operator==(const KeyPart&, const KeyPart&) = default;
};

struct NamedQuota {
  std::string name;  // unique within its list: "second", "day"; shown in RateLimit headers
  Quota quota;
  friend bool operator==(const NamedQuota&, const NamedQuota&) = default;
};

// What holders of a plan have instead of the rule's own quotas. No quotas: the plan has no limit.
struct Tier {
  std::string plan;  // value of the claim `Rule::plan_claim`
  std::vector<NamedQuota> quotas;
  friend bool operator==(const Tier&, const Tier&) = default;
};

// What one request costs. From a response header: a request passes while anything is left, and the
// cost is charged once the answer is there, so that requests under way at once may overshoot.
struct Cost {
  enum class From : std::uint8_t { fixed, request_header, response_header };
  From from = From::fixed;
  std::string header = {};
  std::uint32_t amount = 1;  // fixed; otherwise where the header is missing or no number above 0
  friend bool operator==(const Cost&, const Cost&) = default;
};

enum class OnError : std::uint8_t { open, closed };  // what passes while the counters cannot be had

enum class Dialect : std::uint8_t {
  ietf,         // RateLimit, RateLimit-Policy
  x_ratelimit,  // X-RateLimit-*, reset in epoch seconds, as GitHub
  envoy,        // X-RateLimit-*, draft 3
  kong,
  spring,
  none,
};

enum class RefusedBody : std::uint8_t {
  problem,       // problem+json of the IETF draft
  rate_limiter,  // that of the rate limiter of docs/migrate
};

struct Rule {
  std::string name;
  std::string description = {};
  RuleMatch match = {};
  std::vector<KeyPart> key = {{KeyKind::client, {}}};  // empty: all requests share one count
  std::vector<NamedQuota> quotas = {};                 // every one must hold
  std::string plan_claim = {};                         // empty: no tiers
  std::vector<Tier> tiers = {};
  std::vector<std::string> allow = {};  // networks that this rule does not count
  std::vector<std::string> deny = {};   // networks that it refuses; they come before `allow`
  bool dry_run = false;                 // counts and reports, and refuses nobody
  OnError on_error = OnError::open;
  std::int32_t priority = 0;  // higher first
  bool stop = false;          // of the rules that apply, none after this one does
  bool fallback = false;      // applies only where no rule without `fallback` does
  std::optional<LogTime> starts_at = {};
  std::optional<LogTime> ends_at = {};
  Cost cost = {};
  std::optional<Dialect> headers = {};  // none: the listener's
  RefusedBody refused = RefusedBody::problem;
  bool active = true;
  friend bool operator==(const Rule&, const Rule&) = default;
};

enum class RuleSource : std::uint8_t { file, admin };

// A rule as the log has it.
struct RuleEntry {
  Rule rule;
  std::uint64_t id = 0;  // given out in the order of creation, from 1; never again
  RuleSource source = RuleSource::admin;
  LogTime created_at{};
  LogTime updated_at{};
  std::string tenant = {};  // whose it is; empty: the default one's
  friend bool operator==(const RuleEntry&, const RuleEntry&) = default;
};

// The bounds that `validate` holds a rule to.
inline constexpr std::size_t kMaxRules = 10'000;
inline constexpr std::size_t kMaxRuleName = naming::kMaxRule;
inline constexpr std::size_t kMaxDescription = 500;
inline constexpr std::size_t kMaxPatterns = 64;  // hosts, paths, routes
inline constexpr std::size_t kMaxPairs = 256;    // of a host and a path
inline constexpr std::size_t kMaxMethods = 16;
inline constexpr std::size_t kMaxHeaderMatches = 16;
inline constexpr std::size_t kMaxPatternText = 1'024;
inline constexpr std::size_t kMaxFieldName = 64;
inline constexpr std::size_t kMaxKeyParts = 8;
inline constexpr std::size_t kMaxQuotas = 8;
inline constexpr std::size_t kMaxQuotaName = 64;
inline constexpr std::size_t kMaxTiers = 32;
inline constexpr std::size_t kMaxNetworks = 256;        // in each of `allow` and `deny`
inline constexpr std::size_t kMaxRuleText = 32U << 10;  // all its texts together
inline constexpr std::uint32_t kMaxCost = 1'000'000;
inline constexpr std::int32_t kMaxPriority = 1'000'000;

// 1 to 128 of [a-z0-9._-], beginning with a letter or a digit.
bool is_valid_rule_name(std::string_view name);

// The first broken bound, naming the field and the remedy: "quotas[1].window: …".
Result<> validate(const Rule& rule);
// The same for a rule that stands in a log: it may be from before hosts times paths had a bound.
Result<> validate_kept(const Rule& rule);

// As rules are written: "client", "header:X-Client-ID".
std::string to_string(const KeyPart& part);
std::optional<KeyPart> parse_key_part(std::string_view text);

}  // namespace doorward::limit
