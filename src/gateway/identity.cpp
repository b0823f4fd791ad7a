#include "gateway/identity.hpp"

#include "base/append.hpp"
#include "wire/cookie.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>

namespace doorward::gateway {
namespace {

namespace json = boost::json;
namespace jose = wire::jose;

constexpr std::size_t kMaxSubject = 256;
constexpr std::size_t kUsersKept = 16'384;

std::string claim(const json::object& claims, std::string_view name) {
  const json::value* value = name.empty() ? nullptr : claims.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

// Kept with each cached token, hence few and short.
auto texts_among(const json::object& claims) {
  constexpr std::size_t kMost = 32;
  constexpr std::size_t kLongest = 128;
  auto texts = std::make_shared<std::vector<std::pair<std::string, std::string>>>();
  for (const auto& [name, value] : claims) {
    if (texts->size() == kMost) break;
    if (name.size() <= kLongest && value.is_string() && value.get_string().size() <= kLongest)
      texts->emplace_back(name, value.get_string());
  }
  return texts;
}

std::chrono::system_clock::time_point expiry(const json::object& claims) {
  const json::value* value = claims.if_contains("exp");
  const double seconds = value != nullptr && value->is_number() ? value->to_number<double>() : 0;
  constexpr double kLatest = 7'258'118'400;  // the year 2200; beyond 2262 the clock overflows
  return std::chrono::system_clock::time_point(
      std::chrono::seconds(static_cast<std::int64_t>(std::clamp(seconds, 0.0, kLatest))));
}

}  // namespace

std::string_view Subject::claim(std::string_view name) const {
  if (!claims) return {};
  for (const auto& [known, value] : *claims)
    if (known == name) return value;
  return {};
}

std::optional<std::string_view> bearer_token(const wire::RequestHead& head) {
  const auto field = head.fields.find("Authorization");
  constexpr std::string_view kScheme = "Bearer ";
  if (!field || field->size() <= kScheme.size() ||
      !wire::equal_ignoring_case(field->substr(0, kScheme.size()), kScheme))
    return std::nullopt;
  return field->substr(kScheme.size());
}

std::optional<std::string_view> cookie(const wire::RequestHead& head, std::string_view name) {
  if (!head.fields.contains("Cookie")) return std::nullopt;
  // HTTP/2 lets a browser send several fields, and not every proxy joins them (RFC 9113, 8.2.3).
  const std::string secure_name = wire::cookie_name(name, true);
  for (const std::string_view wanted : {std::string_view(secure_name), name}) {
    for (std::size_t i = 0; i < head.fields.size(); ++i) {
      if (!wire::equal_ignoring_case(head.fields[i].name, "Cookie")) continue;
      if (const auto found = wire::find_cookie(head.fields[i].value, wanted)) return found;
    }
  }
  return std::nullopt;
}

Identities::Identities(IdentityOptions options, Tokens& tokens)
    : options_(std::move(options)),
      api_keys_(options_.api_keys, options_.tenants),
      tokens_(tokens),
      any_remote_(std::any_of(options_.issuers.begin(), options_.issuers.end(),
                              [](const Issuer& issuer) { return issuer.keys->is_remote(); })),
      users_(kUsersKept, options_.subject_key) {}

bool Identities::has_remote_keys() const { return any_remote_; }

bool Identities::must_wait_for_keys(std::string_view token) const {
  if (!any_remote_ || tokens_.kind_of(token) != Tokens::Kind::other) return false;
  const auto hint = jose::key_hint(token);
  // A secret is never published.
  if (!hint || hint->algorithm == jose::Algorithm::hs256) return false;
  keep_keys_fresh();
  const bool is_known =
      std::any_of(options_.issuers.begin(), options_.issuers.end(),
                  [&](const Issuer& issuer) { return issuer.keys->get()->may_verify(*hint); });
  if (is_known) return false;
  for (const Issuer& issuer : options_.issuers) issuer.keys->want();
  return is_fetching_keys();
}

void Identities::keep_keys_fresh() const {
  for (const Issuer& issuer : options_.issuers) issuer.keys->keep_fresh();
}

bool Identities::is_fetching_keys() const {
  return std::any_of(options_.issuers.begin(), options_.issuers.end(),
                     [](const Issuer& issuer) { return issuer.keys->is_fetching(); });
}

Millis Identities::longest_fetch() const {
  Millis longest{0};
  for (const Issuer& issuer : options_.issuers)
    if (issuer.keys->is_remote()) longest = std::max(longest, issuer.keys->timeout());
  return longest;
}

std::uint64_t Identities::removals() const {
  std::uint64_t sum = 0;
  for (const Issuer& issuer : options_.issuers) sum += issuer.keys->removals();
  return sum;
}

Hash128 Identities::derive(std::string_view what, std::string_view text) const {
  std::string bytes(what);
  bytes += '\0';
  bytes += text;
  return siphash128(options_.subject_key, bytes);
}

Subject Identities::device(std::string_view device_id) const {
  const Hash128 hash = derive("device", device_id);
  return {SubjectKey{hash.hi, hash.lo}, std::string("device:").append(device_id), {}};
}

Subject Identities::named_by_backend(std::string_view subject, std::string lane) const {
  const Hash128 hash = derive("backend", subject);
  return {SubjectKey{hash.hi, hash.lo}, std::string(subject), std::move(lane)};
}

std::optional<std::string> Identities::backend_of(std::string_view key, LogTime now) const {
  const auto owner = api_keys_.owner_of(key, now);
  if (!owner || !owner->tenant->name.empty()) return std::nullopt;
  return owner->key->name;
}

std::optional<std::string> Identities::tenant_by_key(const wire::RequestHead& head,
                                                     LogTime now) const {
  const auto key = head.fields.find("X-API-Key");
  if (!key) return std::nullopt;
  const auto owner = api_keys_.owner_of(*key, now);
  return owner ? std::optional(owner->tenant->name) : std::nullopt;
}

void Identities::identify_user(std::string_view token, LogTime now, Identity& identity) const {
  const std::uint64_t removed = any_remote_ ? removals() : 0;
  if (auto known = users_.find(token, to_system(now)); known && known->removals == removed) {
    identity.caller = Caller::user;
    identity.subject = std::move(known->subject);
    return;
  }
  jose::TokenError problem = jose::TokenError::unknown_key;
  for (const Issuer& issuer : options_.issuers) {
    jose::Expectation expected;
    expected.issuer = issuer.issuer;
    expected.audience = issuer.audience;
    expected.leeway = std::chrono::seconds{30};
    const auto verified = jose::verify(*issuer.keys->get(), token, expected, to_system(now));
    if (verified.has_error()) {
      // What the issuer whose key it is says of it is worth more than that others do not know it.
      const bool is_known = verified.error() != jose::TokenError::unknown_key;
      if (problem == jose::TokenError::unknown_key ||
          (problem == jose::TokenError::bad_signature && is_known))
        problem = verified.error();
      continue;
    }
    const std::string subject = claim(verified->claims, issuer.subject_claim);
    if (subject.empty() || subject.size() > kMaxSubject) {
      identity.bad_credential =
          fmt::format("the token has no usable claim \"{}\"", issuer.subject_claim);
      return;
    }
    const Hash128 hash = derive("user", issuer.issuer + '\0' + subject);
    identity.caller = Caller::user;
    identity.subject =
        Subject{SubjectKey{hash.hi, hash.lo}, subject, claim(verified->claims, issuer.lane_claim),
                claim(verified->claims, issuer.type_claim), texts_among(verified->claims)};
    identity.subject->lane_by_claim = true;
    users_.insert(token, {*identity.subject, removed}, expiry(verified->claims), to_system(now));
    return;
  }
  identity.bad_credential =
      fmt::format("the bearer token is refused: {}", jose::to_string(problem));
  identity.unjudged = problem == jose::TokenError::unknown_key &&
                      std::any_of(options_.issuers.begin(), options_.issuers.end(),
                                  [](const Issuer& issuer) { return issuer.keys->may_lack(); });
}

Identity Identities::identify(const wire::RequestHead& head, LogTime now) const {
  Identity identity;
  if (const auto key = head.fields.find("X-API-Key")) {
    if (const auto owner = api_keys_.owner_of(*key, now)) {
      identity.caller = Caller::backend;
      identity.backend = tenant::full_name(owner->tenant->name, owner->key->name);
      identity.tenant = owner->tenant->name;
      return identity;
    }
    // On a route it may be one that the backend knows; who else it says they are still holds.
    identity.bad_credential = "the API key is not known";
  }
  const auto token = bearer_token(head);
  if (token && tokens_.kind_of(*token) == Tokens::Kind::other) {
    identify_user(*token, now, identity);
    if (identity.subject) return identity;
  }
  if (const auto value = cookie(head, kDeviceCookie)) {
    if (const auto device_id = tokens_.read_device(*value, now)) {
      identity.caller = Caller::device;
      identity.subject = device(*device_id);
      identity.by_cookie = true;
    }
  }
  return identity;
}

}  // namespace doorward::gateway
