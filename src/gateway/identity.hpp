// Who asks: a signed-in user, a device, a backend, or nobody that can be named.
//
// Why:     a subject comes only from a JWT of a configured issuer, a signed device cookie, or a
//          backend with an API key that names it. Whatever else a request says about its sender is
//          not believed.
// Time:    `now` is passed in.
// Threads: const-safe but for the tokens' caches, which are thread-safe.
// Errors:  a bad credential is a value with its reason: native calls answer 401, the gate goes on
//          without it, since it may be meant for the backend. It takes nothing from what else was
//          shown: the user of a token beside a foreign API key.
// Spec:    docs/api.md, "Who asks".
#pragma once

#include "base/ids.hpp"
#include "base/siphash.hpp"
#include "gateway/api_keys.hpp"
#include "gateway/cookie_names.hpp"
#include "gateway/issuer/issuer_keys.hpp"
#include "gateway/tokens.hpp"
#include "wire/http/head.hpp"

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace doorward::gateway {

struct Subject {
  SubjectKey key;
  std::string text;       // "device:…", "user:…" as passes carry it
  std::string lane;       // from a JWT's claim or a backend; empty: the first
  std::string type = {};  // from a JWT's claim; empty: none
  // The texts among a JWT's claims: what rules may ask for. Null: none.
  std::shared_ptr<const std::vector<std::pair<std::string, std::string>>> claims = {};
  bool lane_by_claim = false;  // nobody who asks can name another

  // Empty: there is no such claim, or it is no text.
  std::string_view claim(std::string_view name) const;
};

struct Issuer {
  std::string issuer;    // empty: any, where the keys say enough
  std::string audience;  // empty: any
  std::shared_ptr<IssuerKeys> keys;
  std::string subject_claim = "sub";
  std::string lane_claim = {};  // empty: none
  std::string type_claim = {};  // empty: none
};

struct IdentityOptions {
  std::vector<Issuer> issuers;
  std::vector<ApiKey> api_keys;  // of the default tenant
  SipKey subject_key;
  ApiKeys::Tenants tenants = {};  // empty: none but the default one
};

enum class Caller : std::uint8_t { nobody, device, user, backend };

struct Identity {
  Caller caller = Caller::nobody;
  std::optional<Subject> subject;  // of a device or a user
  std::string backend;             // the API key's full name: "shop", "acme/web"
  std::string tenant;              // of a backend; empty: the default one
  bool by_cookie = false;
  std::optional<std::string> bad_credential;  // why what was shown was refused
  bool unjudged = false;  // since the keys of an issuer could not be fetched; it may be good
};

// Thread-safe.
class Identities {
 public:
  Identities(IdentityOptions options, Tokens& tokens);

  // By an API key that is known, else bearer token, else device cookie.
  Identity identify(const wire::RequestHead& head, LogTime now) const;

  Subject device(std::string_view device_id) const;
  Subject named_by_backend(std::string_view subject, std::string lane) const;

  // The name of the default tenant's backend whose API key it is.
  std::optional<std::string> backend_of(std::string_view key, LogTime now) const;
  // The tenant whose API key this request carries; none: it carries none that is known.
  std::optional<std::string> tenant_by_key(const wire::RequestHead& head, LogTime now) const;
  const ApiKeys& api_keys() const { return api_keys_; }
  Result<> load_used_keys(std::string_view text) { return api_keys_.load(text); }

  // Whether the token names a key that no issuer has, and a fetch of keys is under way: by now, if
  // one may begin. Keys that have come of age are fetched again beside it.
  bool must_wait_for_keys(std::string_view token) const;
  void keep_keys_fresh() const;
  bool is_fetching_keys() const;
  bool has_remote_keys() const;
  Millis longest_fetch() const;

  // Ids that follow from a text under the secret: the same again on a retry, and not to be guessed.
  Hash128 derive(std::string_view what, std::string_view text) const;

 private:
  // Verified while so many keys had been withdrawn.
  struct Known {
    Subject subject;
    std::uint64_t removals = 0;
  };

  void identify_user(std::string_view token, LogTime now, Identity& identity) const;
  std::uint64_t removals() const;

  IdentityOptions options_;
  ApiKeys api_keys_;
  Tokens& tokens_;
  bool any_remote_ = false;
  mutable wire::jose::VerifiedCache<Known> users_;
};

// The token of `Authorization: Bearer …`.
std::optional<std::string_view> bearer_token(const wire::RequestHead& head);
// A cookie by its plain name or as "__Host-" + name.
std::optional<std::string_view> cookie(const wire::RequestHead& head, std::string_view name);

}  // namespace doorward::gateway
