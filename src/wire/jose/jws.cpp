#include "wire/jose/jws.hpp"

#include "wire/base64.hpp"
#include "wire/json_strict.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <array>
#include <cmath>

namespace doorward::wire::jose {
namespace {

namespace json = boost::json;

struct Header {
  Algorithm algorithm = Algorithm::hs256;
  std::string type;
  std::optional<std::string> kid;
};

template <class T>
using Checked = boost::system::result<T, TokenError>;

constexpr std::array<std::pair<Algorithm, const char*>, 4> kNames{{{Algorithm::hs256, "HS256"},
                                                                   {Algorithm::rs256, "RS256"},
                                                                   {Algorithm::es256, "ES256"},
                                                                   {Algorithm::eddsa, "EdDSA"}}};

Checked<json::object> parse_part(std::string_view part) {
  const auto text = base64url_decode(part);
  if (!text) return TokenError::malformed;
  auto value = parse_json_strict(*text);
  if (value.has_error() || !value->is_object()) return TokenError::malformed;
  return std::move(value->get_object());
}

// "JWT" and "application/jwt" name the same type, letter case ignored (RFC 7515 section 4.1.9).
std::string plain_type(std::string_view text) {
  std::string type(text);
  std::transform(type.begin(), type.end(), type.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  if (type.starts_with("application/")) type.erase(0, 12);
  return type;
}

Checked<Header> parse_header(std::string_view part) {
  const auto object = parse_part(part);
  if (object.has_error()) return object.error();
  const json::value* alg = object->if_contains("alg");
  if (alg == nullptr || !alg->is_string()) return TokenError::malformed;
  // An extension that must be understood (RFC 7515 section 4.1.11): none is.
  if (object->contains("crit")) return TokenError::malformed;
  const auto algorithm = parse_algorithm(alg->get_string());
  if (!algorithm) return TokenError::unknown_algorithm;
  Header header{*algorithm, {}, {}};
  if (const json::value* type = object->if_contains("typ")) {
    if (!type->is_string()) return TokenError::malformed;
    header.type = plain_type(type->get_string());
  }
  if (const json::value* kid = object->if_contains("kid")) {
    if (!kid->is_string()) return TokenError::malformed;
    header.kid = std::string(kid->get_string());
  }
  return header;
}

bool is_allowed(const Expectation& expected, Algorithm algorithm) {
  return expected.algorithms.empty() ||
         std::find(expected.algorithms.begin(), expected.algorithms.end(), algorithm) !=
             expected.algorithms.end();
}

// The key that made the signature. The key's own algorithm decides; the header may only agree.
Checked<const Key*> find_signer(const KeySet& keys, const Header& header, std::string_view input,
                                std::string_view signature) {
  bool tried = false;
  for (const Key& key : keys.keys()) {
    if (key.algorithm() != header.algorithm || (header.kid && key.kid() != *header.kid)) continue;
    tried = true;
    if (key.verify(input, signature)) return &key;
  }
  return tried ? TokenError::bad_signature : TokenError::unknown_key;
}

enum class Presence { absent, present, broken };

Presence read_seconds(const json::object& claims, std::string_view name, double& seconds) {
  const json::value* value = claims.if_contains(name);
  if (value == nullptr) return Presence::absent;
  if (!value->is_number()) return Presence::broken;
  seconds = value->to_number<double>();
  return std::isfinite(seconds) ? Presence::present : Presence::broken;
}

std::optional<TokenError> check_times(const json::object& claims, const Expectation& expected,
                                      std::chrono::system_clock::time_point now) {
  const double now_s = std::chrono::duration<double>(now.time_since_epoch()).count();
  const auto leeway_s = static_cast<double>(expected.leeway.count());
  double seconds = 0;
  switch (read_seconds(claims, "exp", seconds)) {
    case Presence::broken: return TokenError::malformed;
    case Presence::absent:
      if (expected.require_expiry) return TokenError::expired;
      break;
    case Presence::present:
      if (now_s >= seconds + leeway_s) return TokenError::expired;
  }
  switch (read_seconds(claims, "nbf", seconds)) {
    case Presence::broken: return TokenError::malformed;
    case Presence::absent: break;
    case Presence::present:
      if (now_s + leeway_s < seconds) return TokenError::not_yet_valid;
  }
  return std::nullopt;
}

bool names_audience(const json::object& claims, std::string_view audience) {
  const json::value* value = claims.if_contains("aud");
  if (value == nullptr) return false;
  if (value->is_string()) return value->get_string() == audience;
  if (!value->is_array()) return false;
  const json::array& list = value->get_array();
  return std::any_of(list.begin(), list.end(), [&](const json::value& item) {
    return item.is_string() && item.get_string() == audience;
  });
}

std::optional<TokenError> check_claims(const json::object& claims, const Expectation& expected,
                                       std::chrono::system_clock::time_point now) {
  if (!expected.issuer.empty()) {
    const json::value* issuer = claims.if_contains("iss");
    if (issuer == nullptr || !issuer->is_string() || issuer->get_string() != expected.issuer)
      return TokenError::wrong_issuer;
  }
  if (!expected.audience.empty() && !names_audience(claims, expected.audience))
    return TokenError::wrong_audience;
  return check_times(claims, expected, now);
}

struct Parts {
  std::string_view header, claims, signature;
  std::string_view signed_text;  // header and claims
};

std::optional<Parts> split(std::string_view token) {
  if (token.size() > kMaxToken) return std::nullopt;
  const std::size_t first = token.find('.');
  const std::size_t last = token.rfind('.');
  if (first == last || token.find('.', first + 1) != last) return std::nullopt;
  return Parts{token.substr(0, first), token.substr(first + 1, last - first - 1),
               token.substr(last + 1), token.substr(0, last)};
}

Checked<Verified> read_claims(std::string_view part, const Key& key, const Expectation& expected,
                              std::chrono::system_clock::time_point now) {
  auto claims = parse_part(part);
  if (claims.has_error()) return claims.error();
  if (const auto problem = check_claims(*claims, expected, now)) return *problem;
  return Verified{std::move(*claims), key.kid()};
}

}  // namespace

const char* to_string(Algorithm algorithm) {
  for (const auto& [value, name] : kNames)
    if (value == algorithm) return name;
  return "unknown";
}

std::optional<Algorithm> parse_algorithm(std::string_view name) {
  for (const auto& [value, text] : kNames)
    if (name == text) return value;
  return std::nullopt;
}

const char* to_string(TokenError error) {
  switch (error) {
    case TokenError::malformed: return "malformed";
    case TokenError::unknown_algorithm: return "unknown_algorithm";
    case TokenError::unknown_key: return "unknown_key";
    case TokenError::bad_signature: return "bad_signature";
    case TokenError::expired: return "expired";
    case TokenError::not_yet_valid: return "not_yet_valid";
    case TokenError::wrong_issuer: return "wrong_issuer";
    case TokenError::wrong_audience: return "wrong_audience";
    case TokenError::wrong_type: return "wrong_type";
  }
  return "unknown";
}

const Key* KeySet::find(std::string_view kid) const {
  const auto it =
      std::find_if(keys_.begin(), keys_.end(), [&](const Key& key) { return key.kid() == kid; });
  return it == keys_.end() ? nullptr : &*it;
}

bool KeySet::may_verify(const KeyHint& hint) const {
  return std::any_of(keys_.begin(), keys_.end(), [&](const Key& key) {
    return key.algorithm() == hint.algorithm && (!hint.kid || key.kid() == *hint.kid);
  });
}

std::optional<KeyHint> key_hint(std::string_view token) {
  if (token.size() > kMaxToken || std::count(token.begin(), token.end(), '.') != 2)
    return std::nullopt;
  auto header = parse_header(token.substr(0, token.find('.')));
  if (header.has_error()) return std::nullopt;
  return KeyHint{header->algorithm, std::move(header->kid)};
}

json::object KeySet::jwks() const {
  json::array list;
  for (const Key& key : keys_)
    if (key.algorithm() != Algorithm::hs256) list.emplace_back(key.public_jwk());
  return {{"keys", std::move(list)}};
}

std::string protected_header(const Key& key, std::string_view type) {
  const json::object header{{"typ", type}, {"alg", to_string(key.algorithm())}, {"kid", key.kid()}};
  return base64url_encode(json::serialize(header));
}

std::string sign_text(const Key& key, std::string_view header, std::string_view claims) {
  std::string token;
  token.reserve(header.size() + claims.size() * 4 / 3 + 100);
  token = header;
  token += '.';
  base64url_append(token, claims);
  const std::string signature = key.sign(token);
  token += '.';
  base64url_append(token, signature);
  return token;
}

std::string sign(const Key& key, std::string_view type, const json::object& claims) {
  return sign_text(key, protected_header(key, type), json::serialize(claims));
}

Checked<Verified> verify(const KeySet& keys, std::string_view token, const Expectation& expected,
                         std::chrono::system_clock::time_point now) {
  const auto parts = split(token);
  if (!parts) return TokenError::malformed;
  const auto header = parse_header(parts->header);
  if (header.has_error()) return header.error();
  if (!is_allowed(expected, header->algorithm)) return TokenError::unknown_algorithm;
  const auto signature = base64url_decode(parts->signature);
  if (!signature) return TokenError::malformed;
  // The claims are not even parsed before the signature holds.
  const auto key = find_signer(keys, *header, parts->signed_text, *signature);
  if (key.has_error()) return key.error();
  if (!expected.type.empty() && header->type != plain_type(expected.type))
    return TokenError::wrong_type;
  return read_claims(parts->claims, **key, expected, now);
}

Checked<Verified> verify_by(const Key& key, std::string_view token, const Expectation& expected,
                            std::chrono::system_clock::time_point now) {
  const auto parts = split(token);
  const auto signature = parts ? base64url_decode(parts->signature) : std::nullopt;
  if (!signature) return TokenError::malformed;
  if (!key.verify(parts->signed_text, *signature)) return TokenError::bad_signature;
  return read_claims(parts->claims, key, expected, now);
}

}  // namespace doorward::wire::jose
