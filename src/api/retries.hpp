// What calls with an Idempotency-Key were answered, for their retries.
//
// Why:     where the log cannot tell a retry by the id of what was made (a count of a limit, an API
//          key that is shown once, a room that another paused since), the answer is remembered.
//          Joins, holds and locks need none of it: theirs follow from the key.
// Time:    `now` is steady, and passed in.
// Threads: thread-safe; a Retry is of its call's coroutine.
// Bounds:  kMost calls and kMaxBytes of answers, each for kKept. Beyond that the oldest of the
//          tenant that has the most is forgotten, so that none flushes another's. In memory:
//          neither a restart nor another node knows of it.
// Errors:  as answers: 400 for a key that is none, 503 while the first call is being answered.
// Spec:    docs/api.md, "Retries".
#pragma once

#include "base/siphash.hpp"
#include "base/time.hpp"
#include "edge/exchange.hpp"

#include <cstddef>
#include <list>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace doorward::api {

struct Call;
struct Desk;

class RetryTable {
 public:
  static constexpr Millis kKept{std::chrono::minutes{10}};
  static constexpr std::size_t kMost = 16'384;
  static constexpr std::size_t kMaxBytes = 16U << 20;

  enum class Claim { first, under_way, answered };
  // Whether `call` of that tenant was asked before; `answer` is what it was told then.
  Claim claim(const Hash128& call, std::string_view tenant, Millis now, edge::Response& answer);
  // What the first is answered; what came of it is remembered.
  void keep(const Hash128& call, const edge::Response& answer);
  // The first came to nothing, and the next may try.
  void give_up(const Hash128& call);

 private:
  using Key = std::pair<std::uint64_t, std::uint64_t>;
  using Order = std::list<Key>;  // as claimed
  struct Share {
    Order order;
    std::size_t bytes = 0;
  };
  using Shares = std::map<std::string, Share, std::less<>>;  // by tenant
  struct Known {
    Millis since{};
    Shares::iterator share;
    Order::iterator in_share, in_all;
    std::optional<edge::Response> answer = {};  // absent: under way
  };
  using Calls = std::map<Key, Known>;
  static Key key_of(const Hash128& call) { return {call.hi, call.lo}; }
  static std::size_t bytes_of(const Known& known);
  void add(const Key& key, std::string_view tenant, Millis now);
  void count(Known& known, std::size_t before);  // it had so many bytes
  void remove(Calls::iterator known);
  void forget_old(Millis now);
  void forget_too_many();

  std::mutex mutex_;
  Calls known_;
  Order order_;
  Shares shares_;
  std::size_t bytes_ = 0;
};

// A call that may be a retry, once it is known that it may be made and its body was read.
class Retry {
 public:
  // By the native calls' rule for keys.
  Retry(Desk& desk, Call& call);
  // Without a key: every call is a new one.
  Retry(Desk& desk, Call& call, std::optional<std::string_view> key);
  ~Retry();
  Retry(const Retry&) = delete;
  Retry& operator=(const Retry&) = delete;

  // What it is to be answered without being made.
  std::optional<edge::Response> answer;
  // For the answer of a call that was made; a refusal is not remembered.
  edge::Response kept(edge::Response response);

 private:
  void claim(Call& call, std::string_view key);

  Desk& desk_;
  std::optional<Hash128> claimed_;
};

}  // namespace doorward::api
