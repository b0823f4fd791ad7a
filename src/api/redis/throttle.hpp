// CL.THROTTLE key max_burst count period [quantity], as the module redis-cell answers it.
//
// Why:     clients of redis-cell work unchanged. `max_burst` + 1 pass at once, and `count` in each
//          `period` of seconds after that (GCRA).
// Answer:  [1 if limited, max_burst + 1, remaining, seconds until a retry or -1, seconds until the
//          limit is whole]. Seconds are rounded up. -1 also where the quantity can never pass.
// Bounds:  max_burst 0 to 999,999,999, count 1 to 1,000,000,000, period 1 s to 30 days; quantity 0
//          (which only looks) or more. What redis-cell would take beyond them is refused.
// Threads: thread-safe.
// Spec:    docs/redis-protocol.md.
#pragma once

#include "base/result.hpp"
#include "base/siphash.hpp"
#include "ports/counter_store.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace doorward::api::redis {

struct ThrottleCall {
  std::string_view key;
  limit::Quota quota;
  std::uint64_t quantity = 1;
};

// `arguments` begins with the command's name. An error's sentence is the reply: "Cell error: …".
Result<ThrottleCall> parse_throttle(std::span<const std::string_view> arguments);

// Appends the reply. `keys` sets these counters apart from all others.
limit::Decision throttle(ports::CounterStore& store, const SipKey& keys, const ThrottleCall& call,
                         limit::Time now, std::string& out);

}  // namespace doorward::api::redis
