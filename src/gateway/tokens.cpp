#include "gateway/tokens.hpp"

#include "base/append.hpp"
#include "core/tenant/tenant.hpp"
#include "wire/base64.hpp"
#include "wire/json_member.hpp"

#include <fmt/format.h>
#include <boost/json.hpp>

#include <algorithm>
#include <charconv>

namespace doorward::gateway {
namespace {

namespace json = boost::json;
namespace jose = wire::jose;
using jose::TokenError;

constexpr const char* kTicketType = "doorward-ticket+jwt";
constexpr const char* kPassType = "doorward-pass+jwt";
constexpr const char* kDeviceType = "doorward-device+jwt";
constexpr std::chrono::hours kTicketLife{24 * 7};
constexpr std::chrono::hours kDeviceLife{24 * 365};
// Room for what every token says: names of claims, times, ids.
constexpr std::size_t kMostOfClaims = 250;
// A pass whose time is up is still read, since its session may live.
constexpr std::chrono::hours kPassLeeway{24 * 30};

std::int64_t seconds(LogTime time) {
  return std::chrono::floor<std::chrono::seconds>(time.time_since_epoch()).count();
}

LogTime expiry_of(const json::object& claims) {
  const json::value* value = claims.if_contains("exp");
  return LogTime{
      std::chrono::seconds{value != nullptr && value->is_int64() ? value->get_int64() : 0}};
}

jose::Expectation expect(const TokenOptions& options, const char* type) {
  jose::Expectation expected;
  expected.issuer = options.issuer;
  expected.type = type;
  return expected;
}

bool starts_with_one_of(std::string_view token, const std::vector<std::string>& prefixes) {
  return std::any_of(prefixes.begin(), prefixes.end(),
                     [&](const std::string& prefix) { return token.starts_with(prefix); });
}

std::vector<std::string> prefixes_of(const jose::KeySet& keys, const char* type) {
  std::vector<std::string> prefixes;
  for (const jose::Key& key : keys.keys())
    prefixes.push_back(jose::protected_header(key, type) + '.');
  return prefixes;
}

// Before the id of the secret that a tenant's key follows from; no name of a tenant has it.
constexpr char kOfTenant = '~';

// "acme" of a token whose header names "acme~key-1"; nothing of it is verified.
std::string tenant_of(std::string_view token) {
  constexpr std::size_t kLongestHeader = 512;
  const auto dot = token.find('.');
  if (dot == std::string_view::npos || dot > kLongestHeader) return {};
  const auto header = wire::base64url_decode(token.substr(0, dot));
  if (!header || header->find(kOfTenant) == std::string::npos) return {};
  boost::system::error_code failed;
  const json::value root = json::parse(*header, failed);
  if (failed || !root.is_object()) return {};
  const std::string_view kid = wire::text_member(root.get_object(), "kid");
  const auto end = kid.find(kOfTenant);
  if (end == std::string_view::npos || !tenant::is_valid_name(kid.substr(0, end))) return {};
  return std::string(kid.substr(0, end));
}

// Ed25519, since any 32 bytes are a key of it.
Result<jose::Key> pass_key(const jose::Key& secret, std::string_view tenant, std::string_view kid) {
  const std::string seed = secret.sign(fmt::format("doorward passes of tenant {}", tenant));
  return jose::Key::from_jwk(
      {{"kty", "OKP"}, {"crv", "Ed25519"}, {"kid", kid}, {"d", wire::base64url_encode(seed)}});
}

Result<jose::Key> ticket_key(const jose::Key& secret, std::string_view tenant, std::string kid) {
  return jose::Key::from_secret(secret.sign(fmt::format("doorward tickets of tenant {}", tenant)),
                                std::move(kid));
}

template <class Token>
Verified<Token> read_place(const json::object& claims) {
  const auto ticket = parse_id<TicketId>(wire::text_member(claims, "ticket"));
  const auto at = parse_position(wire::text_member(claims, "at"));
  if (!ticket || !at) return TokenError::malformed;
  Token token;
  token.ticket = *ticket;
  token.room = wire::text_member(claims, "aud");
  token.subject = wire::text_member(claims, "sub");
  token.at = *at;
  return token;
}

}  // namespace

TokenOptions split_keys(const jose::KeySet& keys) {
  std::vector<jose::Key> passes;
  std::vector<jose::Key> secrets;
  for (const jose::Key& key : keys.keys())
    (key.algorithm() == jose::Algorithm::hs256 ? secrets : passes).push_back(key);
  TokenOptions options;
  options.passes = jose::KeySet(std::move(passes));
  options.secrets = jose::KeySet(std::move(secrets));
  return options;
}

Tokens::Tokens(TokenOptions options)
    : options_(std::move(options)),
      ticket_header_(jose::protected_header(options_.secrets.signer(), kTicketType)),
      pass_header_(jose::protected_header(options_.passes.signer(), kPassType)),
      device_header_(jose::protected_header(options_.secrets.signer(), kDeviceType)),
      issuer_text_(json::serialize(options_.issuer)),
      ticket_expected_(expect(options_, kTicketType)),
      ticket_prefixes_(prefixes_of(options_.secrets, kTicketType)),
      pass_prefixes_(prefixes_of(options_.passes, kPassType)),
      passes_(options_.cache_entries, options_.cache_key) {}

std::shared_ptr<const Tokens::Own> Tokens::own_of(std::string_view tenant) const {
  {
    const std::lock_guard lock(mutex_);
    if (const auto known = own_.find(tenant); known != own_.end()) return known->second;
  }
  auto own = make_own(tenant);
  const std::lock_guard lock(mutex_);
  if (own_.size() >= tenant::kMaxTenants) own_.clear();
  return own_.emplace(tenant, std::move(own)).first->second;
}

std::shared_ptr<const Tokens::Own> Tokens::own_of_named(std::string_view tenant) const {
  return options_.has_tenant && !options_.has_tenant(tenant) ? nullptr : own_of(tenant);
}

std::shared_ptr<const Tokens::Own> Tokens::make_own(std::string_view tenant) const {
  std::vector<jose::Key> passes, secrets;
  for (const jose::Key& secret : options_.secrets.keys()) {
    const std::string kid = fmt::format("{}{}{}", tenant, kOfTenant, secret.kid());
    auto pass = pass_key(secret, tenant, kid);
    auto ticket = ticket_key(secret, tenant, kid);
    if (pass && ticket) {
      passes.push_back(*std::move(pass));
      secrets.push_back(*std::move(ticket));
    }
  }
  auto own = std::make_shared<Own>();
  own->passes = jose::KeySet(std::move(passes));
  own->secrets = jose::KeySet(std::move(secrets));
  own->ticket_header = jose::protected_header(own->secrets.signer(), kTicketType);
  own->pass_header = jose::protected_header(own->passes.signer(), kPassType);
  return own;
}

jose::KeySet Tokens::derive(std::string_view use) const {
  std::vector<jose::Key> keys;
  for (const jose::Key& secret : options_.secrets.keys())
    if (auto key = jose::Key::from_secret(secret.sign(use), secret.kid()))
      keys.push_back(*std::move(key));
  return jose::KeySet(std::move(keys));
}

json::object Tokens::jwks(std::string_view tenant) const {
  return tenant.empty() ? options_.passes.jwks() : own_of(tenant)->passes.jwks();
}

// The claims that tickets and passes share, open at their end.
template <class Token>
std::string Tokens::place_claims(const Token& token) const {
  const std::string subject = json::serialize(token.subject);
  std::string claims;
  claims.reserve(kMostOfClaims + issuer_text_.size() + token.room.size() + subject.size());
  append(claims, R"({"iss":)", issuer_text_, R"(,"aud":")", token.room, R"(","sub":)", subject,
         R"(,"ticket":")", token.ticket, R"(","at":")", token.at, '"');
  return claims;
}

std::string Tokens::issue(const TicketToken& token, LogTime now) const {
  std::string claims = place_claims(token);
  append(claims, R"(,"iat":)", seconds(now), R"(,"exp":)", seconds(now + kTicketLife), '}');
  const std::string_view tenant = tenant::split(token.room).tenant;
  if (tenant.empty()) return jose::sign_text(options_.secrets.signer(), ticket_header_, claims);
  const auto own = own_of(tenant);
  return jose::sign_text(own->secrets.signer(), own->ticket_header, claims);
}

std::string Tokens::issue(const Pass& pass, LogTime now) const {
  const LogTime expires_at = std::min(pass.expires_at, now + options_.pass_ttl);
  std::string claims = place_claims(pass);
  append(claims, R"(,"iat":)", seconds(now), R"(,"exp":)", seconds(expires_at), R"(,"jti":")",
         pass.ticket, '.', now.time_since_epoch().count(), R"("})");
  const std::string_view tenant = tenant::split(pass.room).tenant;
  if (tenant.empty()) return jose::sign_text(options_.passes.signer(), pass_header_, claims);
  const auto own = own_of(tenant);
  return jose::sign_text(own->passes.signer(), own->pass_header, claims);
}

std::string Tokens::issue_device(std::string_view device, LogTime now) const {
  std::string claims;
  claims.reserve(kMostOfClaims + issuer_text_.size() + device.size());
  append(claims, R"({"iss":)", issuer_text_, R"(,"sub":")", device, R"(","iat":)", seconds(now),
         R"(,"exp":)", seconds(now + kDeviceLife), '}');
  return jose::sign_text(options_.secrets.signer(), device_header_, claims);
}

Verified<TicketToken> Tokens::read_ticket(std::string_view token, LogTime now) const {
  for (std::size_t i = 0; i < ticket_prefixes_.size(); ++i) {
    if (!token.starts_with(ticket_prefixes_[i])) continue;
    const auto verified =
        jose::verify_by(options_.secrets.keys()[i], token, ticket_expected_, to_system(now));
    if (verified.has_error()) return verified.error();
    auto read = read_place<TicketToken>(verified->claims);
    if (read && !tenant::split(read->room).tenant.empty()) return TokenError::wrong_audience;
    return read;
  }
  const std::string tenant = tenant_of(token);
  const auto own = tenant.empty() ? nullptr : own_of_named(tenant);
  if (!tenant.empty() && !own) return TokenError::unknown_key;
  const jose::KeySet& keys = own ? own->secrets : options_.secrets;
  const auto verified = jose::verify(keys, token, expect(options_, kTicketType), to_system(now));
  if (verified.has_error()) return verified.error();
  auto read = read_place<TicketToken>(verified->claims);
  if (read && tenant::split(read->room).tenant != tenant) return TokenError::wrong_audience;
  return read;
}

Verified<Pass> Tokens::read_pass(std::string_view token, std::string_view room, LogTime now) {
  const auto for_room = [&](Pass pass) -> Verified<Pass> {
    if (!room.empty() && pass.room != room) return TokenError::wrong_audience;
    return pass;
  };
  if (auto known = passes_.find(token, to_system(now))) return for_room(std::move(*known));
  jose::Expectation expected = expect(options_, kPassType);
  expected.leeway = kPassLeeway;
  const std::string tenant = tenant_of(token);
  const auto own = tenant.empty() ? nullptr : own_of_named(tenant);
  if (!tenant.empty() && !own) return TokenError::unknown_key;
  const jose::KeySet& keys = own ? own->passes : options_.passes;
  const auto verified = jose::verify(keys, token, expected, to_system(now));
  if (verified.has_error()) return verified.error();
  auto read = read_place<Pass>(verified->claims);
  if (read.has_error()) return read;
  if (tenant::split(read->room).tenant != tenant) return TokenError::wrong_audience;
  read->expires_at = expiry_of(verified->claims);
  passes_.insert(token, *read, to_system(read->expires_at), to_system(now));
  return for_room(std::move(*read));
}

Verified<std::string> Tokens::read_device(std::string_view token, LogTime now) const {
  const auto verified =
      jose::verify(options_.secrets, token, expect(options_, kDeviceType), to_system(now));
  if (verified.has_error()) return verified.error();
  std::string device(wire::text_member(verified->claims, "sub"));
  if (device.empty()) return TokenError::malformed;
  return device;
}

Tokens::Kind Tokens::kind_of(std::string_view token) const {
  if (starts_with_one_of(token, ticket_prefixes_)) return Kind::ticket;
  if (starts_with_one_of(token, pass_prefixes_)) return Kind::pass;
  const std::string tenant = tenant_of(token);
  if (tenant.empty()) return Kind::other;
  const auto own = own_of_named(tenant);
  if (!own) return Kind::other;
  for (const jose::Key& key : own->secrets.keys())
    if (token.starts_with(jose::protected_header(key, kTicketType) + '.')) return Kind::ticket;
  for (const jose::Key& key : own->passes.keys())
    if (token.starts_with(jose::protected_header(key, kPassType) + '.')) return Kind::pass;
  return Kind::other;
}

std::optional<ports::LogPosition> parse_position(std::string_view text) {
  ports::LogPosition at;
  const char* from = text.data();
  const char* const end = from + text.size();
  for (std::uint64_t* part : {&at.epoch, &at.major, &at.minor}) {
    const auto [next, problem] = std::from_chars(from, end, *part);
    const bool last = part == &at.minor;
    if (problem != std::errc{} || (last ? next != end : next == end || *next != '-'))
      return std::nullopt;
    from = next + 1;
  }
  return at;
}

std::chrono::system_clock::time_point to_system(LogTime time) {
  return std::chrono::system_clock::time_point(time.time_since_epoch());
}

}  // namespace doorward::gateway
