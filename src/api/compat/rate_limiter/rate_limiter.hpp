// The calls of "Rate limiter with real-time sync", for its clients to move here unchanged.
//
// Why:     wire shapes only: the limits are rules like all others, and the filter counts them.
// Threads: thread-safe.
// Errors:  as that system's framework gives them: {"detail":"…"}, or
//          {"detail":[{"type","loc","msg"}]} for a body that is not valid; problem+json, which has
//          `detail` too, for everything that it does not know.
// Spec:    docs/migrate/rate-limiter.md.
#pragma once

#include "api/call.hpp"

#include <string_view>

namespace doorward::api::rate_limiter {

// Whether the path is one of them.
bool owns(std::string_view path);
edge::Task<Answer> serve(Desk& desk, Call& call);

}  // namespace doorward::api::rate_limiter
