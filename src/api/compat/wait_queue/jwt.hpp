// The tokens of the wait queue: HS256, with uuid, status and exp.
//
// Why:     the same claims under the same secret as that system's, so that a backend that checks
//          them goes on doing so. Whether somebody is in is asked of the engine; a token only says
//          who.
// Time:    `now` is passed in.
// Threads: const-safe.
// Errors:  TokenError; claims that are missing or none of ours are malformed.
// Spec:    docs/migrate/wait-queue.md.
#pragma once

#include "base/ids.hpp"
#include "base/time.hpp"
#include "wire/jose/jws.hpp"

#include <string>
#include <string_view>

namespace doorward::api::wait_queue {

class Jwt {
 public:
  struct Claims {
    TicketId ticket;
    bool active = false;
  };

  explicit Jwt(std::string_view secret);  // of any length but none

  std::string issue(const Claims& claims, LogTime expires_at) const;
  boost::system::result<Claims, wire::jose::TokenError> read(std::string_view token,
                                                             LogTime now) const;

 private:
  wire::jose::KeySet keys_;
  std::string header_;
};

}  // namespace doorward::api::wait_queue
