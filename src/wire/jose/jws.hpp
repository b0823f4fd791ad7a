// Signed tokens: compact JWS with JWT claims, over OpenSSL.
//
// Why:     proves a place (ticket token), an admission (pass) and a device (cookie); reads the JWTs
//          of an operator's identity provider. Signing and reading only; what the claims mean is
//          decided above.
// Time:    `now` is passed in.
// Ownership: a KeySet owns its keys; tokens are plain strings.
// Threads: a KeySet is const-safe: any number of threads may sign and verify with one.
// Bounds:  a token longer than kMaxToken is refused before it is looked into.
// Errors:  TokenError says which check failed; none is retryable. Asserts guard programmer errors.
// Spec:    RFC 7515, 7517, 7518, 7519, 8037, 8725.
#pragma once

#include "base/result.hpp"

#include <boost/json/object.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace doorward::wire::jose {

inline constexpr std::size_t kMaxToken = 8 * 1024;

enum class Algorithm : std::uint8_t { hs256, rs256, es256, eddsa };

const char* to_string(Algorithm algorithm);  // "HS256", "RS256", "ES256", "EdDSA"
std::optional<Algorithm> parse_algorithm(std::string_view name);

enum class TokenError : std::uint8_t {
  malformed,          // not three base64url parts, not JSON, too long
  unknown_algorithm,  // none, or one that is not allowed
  unknown_key,        // no key with this kid, or the key is for another algorithm
  bad_signature,
  expired,
  not_yet_valid,
  wrong_issuer,
  wrong_audience,
  wrong_type,  // the `typ` header is not the expected one
};
const char* to_string(TokenError error);
// As for Error in base/result.hpp.
[[noreturn]] inline void throw_exception_from_error(const TokenError& error,
                                                    const boost::source_location& /*where*/) {
  throw std::runtime_error(to_string(error));
}

// One key with an id. Private parts never leave it but by `to_pem` for keeping.
class Key {
 public:
  static Result<Key> generate(Algorithm algorithm, std::string kid);
  static Result<Key> from_secret(std::string_view secret, std::string kid);  // HS256
  static Result<Key> from_pem(std::string_view pem, Algorithm algorithm, std::string kid);
  static Result<Key> from_jwk(const boost::json::object& jwk);

  const std::string& kid() const;
  Algorithm algorithm() const;
  bool can_sign() const;
  boost::json::object public_jwk() const;  // asserts on HS256: a secret is never published
  std::string to_pem() const;              // private key, PKCS#8; HS256: base64url of the secret
  std::string sign(std::string_view input) const;
  bool verify(std::string_view input, std::string_view signature) const;

  struct Impl;

 private:
  std::shared_ptr<const Impl> impl_;
};

// Keys in use: the first signs, all verify.
class KeySet {
 public:
  KeySet() = default;
  explicit KeySet(std::vector<Key> keys) : keys_(std::move(keys)) {}
  bool empty() const { return keys_.empty(); }
  const Key& signer() const { return keys_.front(); }
  const std::vector<Key>& keys() const { return keys_; }
  const Key* find(std::string_view kid) const;
  // Whether `verify` would find a key to try for a token that says this of itself.
  bool may_verify(const struct KeyHint& hint) const;
  boost::json::object jwks() const;  // public keys only

 private:
  std::vector<Key> keys_;
};

// What a token says of the key that signed it. Not to be believed, but to look for the key by.
struct KeyHint {
  Algorithm algorithm = Algorithm::hs256;
  std::optional<std::string> kid;
};
// Absent: no token that `verify` could accept under any key.
std::optional<KeyHint> key_hint(std::string_view token);

struct Expectation {
  std::string issuer;                 // empty: any
  std::string audience;               // empty: any
  std::string type;                   // the `typ` header, e.g. "doorward-pass+jwt"; empty: any
  std::vector<Algorithm> algorithms;  // empty: each key's own
  std::chrono::seconds leeway{0};
  bool require_expiry = true;
};

struct Verified {
  boost::json::object claims;
  std::string kid;
};

// Compact JWS of `claims`, with `typ`, `alg` and `kid` in its header.
std::string sign(const Key& key, std::string_view type, const boost::json::object& claims);
// The same in two steps, where many tokens share a header: the encoded header, and the token of
// claims that are already JSON text.
std::string protected_header(const Key& key, std::string_view type);
std::string sign_text(const Key& key, std::string_view header, std::string_view claims);

boost::system::result<Verified, TokenError> verify(const KeySet& keys, std::string_view token,
                                                   const Expectation& expected,
                                                   std::chrono::system_clock::time_point now);
// The same for a token whose header the caller has found to be `protected_header(key, type)`, byte
// for byte, so that it need not be read.
boost::system::result<Verified, TokenError> verify_by(const Key& key, std::string_view token,
                                                      const Expectation& expected,
                                                      std::chrono::system_clock::time_point now);

}  // namespace doorward::wire::jose
