// A quota in short: "10/s", "100/1h", "1000/day".
//
// Why:    one grammar for the configuration file, the admin API and compatible systems.
// Bounds: limit::validate is the caller's to call.
// Errors: invalid, saying what was expected.
// Spec:   docs/rules.md, "Quotas".
#pragma once

#include "base/result.hpp"
#include "core/limit/quota.hpp"

#include <string>
#include <string_view>

namespace doorward::wire {

// What a quota is where nothing else is said: exact within a bucket's share, no burst at the edge
// of a window, and 16 bytes a key.
inline constexpr limit::Algorithm kDefaultAlgorithm = limit::Algorithm::sliding_counter;

Result<limit::Quota> parse_quota(std::string_view text);

// The name of a quota that was given none: its window ("1s", "1d"), or "concurrency".
std::string quota_name(const limit::Quota& quota);

}  // namespace doorward::wire
