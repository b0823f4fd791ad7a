// The public keys of one identity provider: given once, or fetched from its JWKS address and
// fetched again when a token names a key that is not among them.
//
// Why:     a provider rotates its keys when it likes, and may be away when it likes: what was
//          fetched stays in use until a fetch brings something else. Strangers can send any kid, so
//          fetches are one at a time and far apart.
// Time:    steady time from the clock given.
// Ownership: http and clock outlive it; an answer that comes later than its end is dropped.
// Threads: thread-safe.
// Bounds:  JwksOptions; the first kMostKeys usable keys of an answer. Secrets (HS256) are no public
//          keys, and left out of what is fetched.
// Errors:  a fetch that fails, or brings no usable key, changes nothing and is told to `on_fault`.
// Spec:    RFC 7517; docs/gateway.md, "Keys of an identity provider".
#pragma once

#include "ports/clock.hpp"
#include "ports/outbound_http.hpp"
#include "wire/jose/jws.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace doorward::gateway {

struct JwksOptions {
  std::string uri;
  Millis timeout{std::chrono::seconds{3}};
  Millis cooldown{std::chrono::seconds{10}};  // between two fetches, whatever tokens say
  Millis refresh{std::chrono::minutes{10}};   // keys that are older are fetched again
  std::size_t most_bytes = 256 * 1024;
  std::string authorities = {};  // as HttpGet's
};

// The usable keys of a JWKS text.
enum class Secrets : std::uint8_t { left_out, taken };
Result<wire::jose::KeySet> read_jwks(std::string_view text, Secrets secrets);

class IssuerKeys {
 public:
  static constexpr std::size_t kMostKeys = 64;
  // While nothing was fetched yet, so that an issuer that starts later is found soon.
  static constexpr Millis kFirstCooldown{std::chrono::seconds{1}};

  using Set = std::shared_ptr<const wire::jose::KeySet>;
  using OnFault = std::function<void(std::string_view uri, std::string_view fault)>;

  explicit IssuerKeys(wire::jose::KeySet fixed);
  IssuerKeys(JwksOptions options, ports::OutboundHttp& http, const ports::Clock& clock,
             OnFault on_fault = {});
  ~IssuerKeys();

  Set get() const;
  // Grows when a key goes that was there: what was verified before may be good no longer.
  std::uint64_t removals() const;

  bool is_remote() const { return state_ != nullptr; }
  bool is_fetching() const;
  // Whether a key may be missing that the provider has: nothing was fetched yet, or not lately.
  bool may_lack() const;
  // Begins a fetch, unless one is under way or the last one is too short ago.
  void want();
  // The same where the keys have come of age.
  void keep_fresh();
  Millis timeout() const { return options_.timeout; }

 private:
  struct State;
  void fetch();

  JwksOptions options_;
  ports::OutboundHttp* http_ = nullptr;
  const ports::Clock* clock_ = nullptr;
  Set fixed_;
  std::shared_ptr<State> state_;  // shared with the fetch under way
};

}  // namespace doorward::gateway
