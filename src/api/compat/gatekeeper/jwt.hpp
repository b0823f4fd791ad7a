// The JWT that a queued user holds: HS256, whose it is and of which business.
//
// Why:     it names the user and nothing else; whether the user is ready, the room knows.
// Time:    `now` is passed in. An expired one is still read, and says so.
// Threads: pure functions.
// Spec:    docs/migrate/gatekeeper.md, "The JWT"; RFC 7519.
#pragma once

#include "base/time.hpp"
#include "wire/jose/jws.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace doorward::api::gatekeeper {

inline constexpr std::size_t kMaxUser = 256;

struct Holder {
  std::string user;
  bool expired = false;
};

std::string issue(const wire::jose::Key& key, std::string_view business, std::string_view user,
                  LogTime now, Millis ttl);
// Absent: forged, malformed, or another business's.
std::optional<Holder> read(const wire::jose::Key& key, std::string_view token,
                           std::string_view business, LogTime now);

}  // namespace doorward::api::gatekeeper
