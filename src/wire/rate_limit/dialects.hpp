// The fields of each product that came before the draft; used by headers.cpp.
//
// Threads: pure functions.
// Spec:    docs/limits.md; Envoy's X-RateLimit draft 3, Kong's and Spring Cloud Gateway's fields.
#pragma once

#include "wire/rate_limit/headers.hpp"

#include <string>

namespace doorward::wire {

void set_x_ratelimit(Fields& fields, const LimitReport& report, limit::Time now);
void set_envoy(Fields& fields, std::span<const LimitReport> reports);
void set_kong(Fields& fields, std::span<const LimitReport> reports);
void set_spring(Fields& fields, const LimitReport& report);

// `units` in each `window`. A bucket that holds more than its limit is told as its whole content in
// the time that refills it: the same rate, and never less than what remains.
struct Allowance {
  std::uint64_t units = 0;
  limit::Nanos window{};
};
Allowance allowance(const limit::Quota& quota);

// When `shown_reset` will be over, in seconds since 1970.
std::uint64_t reset_epoch_seconds(const LimitReport& report, limit::Time now);

// `name` and the number.
void append_parameter(std::string& out, std::string_view name, std::uint64_t value);

}  // namespace doorward::wire
