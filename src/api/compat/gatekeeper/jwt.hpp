// The JWTs that a business's queued users hold: HS256, whose it is and of which business.
//
// Why:     one names the user and nothing else; whether the user is ready, the room knows.
// Time:    `now` is passed in. An expired one is still read, and says so.
// Threads: const-safe.
// Spec:    docs/migrate/gatekeeper.md, "The JWT"; RFC 7519.
#pragma once

#include "base/ids.hpp"
#include "base/time.hpp"
#include "wire/jose/jws.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace doorward::api::gatekeeper {

inline constexpr std::size_t kMaxUser = 256;

struct Holder {
  std::string user;
  LogTime ends{};        // of the JWT
  SubjectKey subject{};  // under which the room knows the user; not of `Jwts::read`
};

class Jwts {
 public:
  // The first key signs, all verify.
  Jwts(wire::jose::KeySet keys, std::string business);

  std::string issue(std::string_view user, LogTime now, Millis ttl) const;
  // Absent: forged, malformed, or another business's.
  std::optional<Holder> read(std::string_view token, LogTime now) const;

 private:
  wire::jose::KeySet keys_;
  std::string header_;
  std::string business_;
};

}  // namespace doorward::api::gatekeeper
