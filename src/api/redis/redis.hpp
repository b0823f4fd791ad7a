// Doorward as a client of Redis sees it: CL.THROTTLE, and what clients ask before they ask that.
//
// Why:     whoever calls the module redis-cell today points the client here and changes nothing.
// Ownership: the store, the clock, `live` and what `backend_of` refers to outlive it, and it
//          outlives its conversations.
// Threads: thread-safe; a conversation belongs to its connection.
// Errors:  said as Redis 7.0 says them. RESP3 is spoken too, since newer clients begin with it.
// Spec:    docs/redis-protocol.md.
#pragma once

#include "api/live/live.hpp"
#include "base/siphash.hpp"
#include "edge/resp.hpp"
#include "ports/clock.hpp"
#include "ports/counter_store.hpp"

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace doorward::api::redis {

struct RedisOptions {
  std::string password;       // empty: none
  bool needs_auth = false;    // commands are refused before AUTH
  bool has_api_keys = false;  // AUTH with one of them is taken
  std::string version = "";   // Doorward's, for INFO
  SipKey keys;                // sets these counters apart from all others
  // The backend whose API key it is.
  std::function<std::optional<std::string>(std::string_view key)> backend_of;
};

struct RedisStats {
  std::uint64_t passed = 0;
  std::uint64_t limited = 0;
  std::uint64_t refused_logins = 0;
};

class Redis {
 public:
  Redis(RedisOptions options, ports::CounterStore& store, const ports::Clock& clock,
        live::Live& live)
      : options_(std::move(options)), store_(store), clock_(clock), live_(live) {}

  std::unique_ptr<edge::RespConversation> open();
  RedisStats stats() const;

 private:
  friend class Conversation;

  // Whether the password or the API key lets `user` in; "default" is whoever holds either.
  bool lets_in(std::string_view user, std::string_view password) const;

  RedisOptions options_;
  ports::CounterStore& store_;
  const ports::Clock& clock_;
  live::Live& live_;
  std::atomic<std::int64_t> last_id_{0};
  std::atomic<std::uint64_t> passed_{0};
  std::atomic<std::uint64_t> limited_{0};
  mutable std::atomic<std::uint64_t> refused_logins_{0};
};

}  // namespace doorward::api::redis
