// The calls of "Rate limiter with real-time sync", for its clients to move here unchanged.
//
// Why:     wire shapes only: the limits are rules like all others, and the filter counts them.
// Threads: thread-safe.
// Errors:  as that system's framework gives them (compat/fastapi.hpp); problem+json, which has
//          `detail` too, for everything that it does not know.
// Spec:    docs/migrate/rate-limiter.md.
#pragma once

#include "api/compat/system.hpp"

namespace doorward::api::rate_limiter {

extern const compat::System kSystem;

}  // namespace doorward::api::rate_limiter
