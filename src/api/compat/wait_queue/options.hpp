// Settings of the wait queue's calls.
//
// Spec: docs/migrate/wait-queue.md.
#pragma once

#include "base/time.hpp"
#include "core/limit/quota.hpp"
#include "core/room/policy.hpp"

#include <cstdint>
#include <string>

namespace doorward::api::wait_queue {

struct Options {
  bool on = true;
  std::string room = "wait-queue";
  std::string secret;  // of its JWTs; empty: one of this data folder
  // Of each visitor, over both limited endpoints together.
  std::uint32_t requests = 5;
  Millis window{std::chrono::seconds{10}};
  limit::Algorithm algorithm = limit::Algorithm::fixed_window;
  Millis token_ttl{std::chrono::hours{24}};

  friend bool operator==(const Options&, const Options&) = default;
};

// Of a room that nobody configured: as that system's own settings are.
inline room::Policy default_policy() {
  room::Policy policy;
  policy.capacity = 1'000;
  policy.admit = room::Rate{1'000, std::chrono::seconds{5}, true};
  policy.session_ttl = std::chrono::seconds{30};
  policy.liveness_grace = std::chrono::minutes{5};
  policy.present_only = true;
  return policy;
}

}  // namespace doorward::api::wait_queue
