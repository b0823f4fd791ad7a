// The Idempotency-Key of a call to a compatible system: any that a client of it may send.
//
// Why:     their clients know no rule for it, so one that is too long, or too short for
//          where strangers share an address, is none and no fault.
// Threads: pure function.
// Spec:    docs/api.md, "Retries".
#pragma once

#include "api/call.hpp"

#include <cstddef>
#include <optional>
#include <string_view>

namespace doorward::api::compat {

// What a key is told apart by, besides itself.
enum class KeyScope {
  address,  // strangers may share one, and well choose a short key alike
  named,    // a user whom anybody may name: who knows the key is told what the first was told
  user
};

inline constexpr std::size_t kMinStrangersKey = 16;
inline constexpr std::size_t kMaxRetryKey = 255;

// Absent: every call is a new one.
inline std::optional<std::string_view> retry_key(const Call& call, KeyScope scope) {
  const auto key = call.head().fields.find("Idempotency-Key");
  const std::size_t least = scope == KeyScope::user ? 1 : kMinStrangersKey;
  if (!key || key->size() < least || key->size() > kMaxRetryKey) return std::nullopt;
  return *key;
}

}  // namespace doorward::api::compat
