// The calls of the wait queue, for its clients to move here unchanged.
//
// Why:     wire shapes only: places are those of a room, requests are limited by the same counters
//          as everywhere.
// Ownership: everything given outlives it; the desk names it.
// Threads: thread-safe.
// Errors:  as that system's framework gives them: {"detail":"…"}.
// Spec:    docs/migrate/wait-queue.md.
#pragma once

#include "api/call.hpp"
#include "api/compat/system.hpp"
#include "api/compat/wait_queue/jwt.hpp"
#include "api/compat/wait_queue/options.hpp"
#include "api/compat/wait_queue/sockets.hpp"
#include "core/limit/compiled_quota.hpp"

namespace doorward::api::wait_queue {

// What its calls have at hand, beside the desk.
class WaitQueue {
 public:
  // `sockets` gets what it needs to know.
  WaitQueue(Options options, gateway::Places& places, Sockets& sockets);
  WaitQueue(const WaitQueue&) = delete;

  const Options& options() const { return options_; }
  const Jwt& jwt() const { return jwt_; }
  const limit::CompiledQuota& quota() const { return quota_; }
  Sockets& sockets() const { return sockets_; }

 private:
  Options options_;
  Jwt jwt_;
  limit::CompiledQuota quota_;
  Sockets& sockets_;
};

extern const compat::System kSystem;

}  // namespace doorward::api::wait_queue
