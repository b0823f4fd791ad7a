// The admins who are signed in by cookie, and who lately tried a wrong token.
//
// Why:     a browser keeps a cookie that no script can read instead of the admin token. Sessions
//          are kept here and not in the cookie, so that logging out ends one for good.
// Time:    `now` is steady time, passed in. A session ends kLifetime after it began, and with the
//          process.
// Threads: thread-safe.
// Bounds:  kMaxSessions, of which the oldest makes room; kMaxAddresses that failed within
//          kFailuresWithin, beyond which nobody may try until some of them are forgotten.
// Spec:    docs/api.md, "Admin sessions".
#pragma once

#include "base/time.hpp"
#include "ports/entropy.hpp"

#include <chrono>
#include <cstddef>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace doorward::api::admin {

class SessionTable {
 public:
  static constexpr Millis kLifetime{std::chrono::hours{12}};
  static constexpr std::size_t kMaxSessions = 64;
  static constexpr std::size_t kMaxFailures = 5;
  static constexpr std::size_t kMaxWrongBearers = 20;
  static constexpr Millis kFailuresWithin{std::chrono::minutes{1}};
  static constexpr std::size_t kMaxAddresses = 1'024;

  struct Session {
    std::string id;    // the cookie
    std::string csrf;  // must come back with calls that change something
    Millis ends_at{};
  };

  Session begin(ports::Entropy& entropy, Millis now);
  std::optional<Session> find(std::string_view id, Millis now) const;
  void end(std::string_view id);

  // How long `address` must wait before it may try a token again; absent: it may now.
  std::optional<Millis> must_wait(std::string_view address, Millis now,
                                  std::size_t most = kMaxFailures);
  void failed(std::string_view address, Millis now);

 private:
  struct Failures {
    std::size_t count = 0;
    Millis since{};
  };
  void forget_failures(Millis now);

  mutable std::mutex mutex_;
  std::vector<Session> sessions_;  // in the order in which they began
  std::map<std::string, Failures, std::less<>> failures_;
};

// Whether two secrets are the same, in a time that tells nothing of where they differ.
bool same_secret(std::string_view a, std::string_view b);

}  // namespace doorward::api::admin
