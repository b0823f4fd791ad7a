// What an answer says of the limits that its request met: the fields of the IETF draft, or one of
// the dialects that clients know.
//
// Time:    the caller's `now`. Seconds are rounded up, so that whoever waits as long is not refused
//          again.
// Threads: pure functions. A report refers to what the caller keeps.
// Spec:    draft-ietf-httpapi-ratelimit-headers (September 2025), RFC 9651; docs/limits.md.
#pragma once

#include "core/limit/decision.hpp"
#include "core/limit/quota.hpp"
#include "core/limit/rule.hpp"
#include "wire/http/head.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace doorward::wire {

// One quota as the request left it.
struct LimitReport {
  std::string_view policy;  // the name that is shown
  const limit::Quota* quota = nullptr;
  limit::Decision decision;
  std::uint64_t cost = 1;
  std::string_view partition_key = {};  // what its counter is for, as bytes; empty: not shown
  // Added to every wait that is shown, where many clients would otherwise return at once.
  limit::Nanos jitter{};
};

// Sets the fields of `dialect`; it shows all reports, or the tightest where it has room for one.
// No report, no fields.
void set_rate_limit_fields(Fields& fields, limit::Dialect dialect,
                           std::span<const LimitReport> reports, limit::Time now);

// For `Retry-After`: the longest wait of those that refuse, at least 1. Absent where none refuses,
// or where waiting does not help.
std::optional<std::uint64_t> retry_after_seconds(std::span<const LimitReport> reports);

// Of at least one: what refuses before what does not, then the one with the least left.
const LimitReport& tightest(std::span<const LimitReport> reports);

// When something changes for the client: a refused call may pass, or the limit is whole again.
limit::Nanos shown_reset(const LimitReport& report);

// Whole seconds, rounded up, not below 0 and of at most 15 digits (RFC 9651).
std::uint64_t ceil_seconds(limit::Nanos duration);

}  // namespace doorward::wire
