// What a refused request is told: a problem of the IETF draft, or the body of the rate limiter
// whose clients we keep (docs/migrate).
//
// Time:    the caller's `now`.
// Threads: pure functions.
// Spec:    draft-ietf-httpapi-ratelimit-headers, "Problem Types"; RFC 9457.
#pragma once

#include "wire/problem.hpp"
#include "wire/rate_limit/headers.hpp"

#include <span>
#include <string>

namespace doorward::wire {

enum class RefusalKind : std::uint8_t {
  quota_exceeded,    // 429: this client asked for more than is its own
  reduced_capacity,  // 503: for a while there is less for everybody
  abnormal_usage,    // 429: the pattern of its requests, not their number
};

struct RefusalText {
  unsigned status = 0;
  std::string json;
};

// A problem (kProblemMediaType) that names the policies of the reports that refuse.
RefusalText rate_limit_problem(RefusalKind kind, std::span<const LimitReport> reports);

// {"error":"Rate limit exceeded","retry_after":3,"reset_time":"2026-01-31T08:00:00.000Z"}; of at
// least one report.
std::string rate_limiter_refusal(std::span<const LimitReport> reports, limit::Time now);

}  // namespace doorward::wire
