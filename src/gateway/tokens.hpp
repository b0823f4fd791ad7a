// The three tokens that Doorward itself gives out, issued and read.
//
//   ticket   "doorward-ticket+jwt"  proves a place; says which log position its holder has seen
//   pass     "doorward-pass+jwt"    proves an admission, to a backend too, by the published keys
//   device   "doorward-device+jwt"  names a browser that has not signed in
//
// Why:     tickets and devices are read by Doorward alone and on every request: HS256 under an own
//          secret. Passes are read by anyone and so are signed by a key whose public half is
//          published. A tenant has keys of its own, which follow from the secrets and its name, so
//          that every node has them and nothing more is kept.
// Time:    `now` is passed in. A pass ends with its session's logged deadline at the latest.
// Threads: thread-safe.
// Bounds:  verified passes are kept, `cache_entries` of them. Tickets and devices are not: their
//          HMAC costs little more than the digest by which they would be found. The keys of tenants
//          that there are, kMaxTenants of them: what a token names is nothing until it is verified.
// Errors:  TokenError, by name.
// Spec:    docs/api.md, "Tokens".
#pragma once

#include "base/ids.hpp"
#include "base/siphash.hpp"
#include "base/time.hpp"
#include "ports/command_log.hpp"
#include "wire/jose/jws.hpp"
#include "wire/jose/verified_cache.hpp"

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace doorward::gateway {

template <class T>
using Verified = boost::system::result<T, wire::jose::TokenError>;

struct TicketToken {
  TicketId ticket;
  std::string room;
  std::string subject;
  ports::LogPosition at;  // what its holder has seen
};

struct Pass {
  TicketId ticket;
  std::string room;
  std::string subject;
  ports::LogPosition at;
  LogTime expires_at{};
};

struct TokenOptions {
  std::string issuer = "doorward";
  wire::jose::KeySet passes;                 // the first signs
  wire::jose::KeySet secrets;                // HS256
  Millis pass_ttl{std::chrono::minutes{5}};  // a pass is never good for longer
  std::size_t cache_entries = 65'536;
  SipKey cache_key;
  // Asked before keys are made for a tenant that only a token names. Absent: any is one.
  std::function<bool(std::string_view tenant)> has_tenant = {};
};

// One set of keys as a data folder keeps it: what is HS256 is the secret, the rest signs passes.
TokenOptions split_keys(const wire::jose::KeySet& keys);

class Tokens {
 public:
  explicit Tokens(TokenOptions options);

  std::string issue(const TicketToken& token, LogTime now) const;
  // `expires_at` is cut to `pass_ttl`.
  std::string issue(const Pass& pass, LogTime now) const;
  std::string issue_device(std::string_view device, LogTime now) const;

  Verified<TicketToken> read_ticket(std::string_view token, LogTime now) const;
  // Genuine, for `room` (empty: any). Whether it has expired is the caller's to judge: while the
  // engine can be asked, the session decides and not the token.
  Verified<Pass> read_pass(std::string_view token, std::string_view room, LogTime now);
  Verified<std::string> read_device(std::string_view token, LogTime now) const;

  enum class Kind { ticket, pass, other };
  // By its header, before anything is verified.
  Kind kind_of(std::string_view token) const;

  // Keys for another use (HS256), which follow from the secrets: the first signs.
  wire::jose::KeySet derive(std::string_view use) const;

  Millis pass_ttl() const { return options_.pass_ttl; }
  // The public keys of a tenant's passes; of "" the default one's.
  boost::json::object jwks(std::string_view tenant = {}) const;

 private:
  template <class Token>
  std::string place_claims(const Token& token) const;

  // By what a tenant's tickets and passes are signed.
  struct Own {
    wire::jose::KeySet passes, secrets;
    std::string ticket_header, pass_header;
  };
  std::shared_ptr<const Own> own_of(std::string_view tenant) const;
  // Null: there is no such tenant.
  std::shared_ptr<const Own> own_of_named(std::string_view tenant) const;
  std::shared_ptr<const Own> make_own(std::string_view tenant) const;

  TokenOptions options_;
  std::string ticket_header_, pass_header_, device_header_;
  std::string issuer_text_;  // as JSON
  wire::jose::Expectation ticket_expected_;
  std::vector<std::string> ticket_prefixes_, pass_prefixes_;
  wire::jose::VerifiedCache<Pass> passes_;
  mutable std::mutex mutex_;
  mutable std::map<std::string, std::shared_ptr<const Own>, std::less<>> own_;
};

// The log position as tokens and event ids carry it: "epoch-major-minor".
std::optional<ports::LogPosition> parse_position(std::string_view text);

std::chrono::system_clock::time_point to_system(LogTime time);

}  // namespace doorward::gateway
