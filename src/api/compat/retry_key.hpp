// The Idempotency-Key of a call to a compatible system: any that a client of it may send.
//
// Why:     their clients know no rule for it, so one that is too long is none and no fault. What
//          it is scoped by (an address, a user) is the call's.
// Threads: pure function.
// Spec:    docs/api.md, "Retries".
#pragma once

#include "api/call.hpp"

#include <cstddef>
#include <optional>
#include <string_view>

namespace doorward::api::compat {

inline constexpr std::size_t kMaxRetryKey = 255;

// Absent: every call is a new one.
inline std::optional<std::string_view> retry_key(const Call& call) {
  const auto key = call.head().fields.find("Idempotency-Key");
  if (!key || key->empty() || key->size() > kMaxRetryKey) return std::nullopt;
  return *key;
}

}  // namespace doorward::api::compat
