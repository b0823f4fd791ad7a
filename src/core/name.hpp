// Names of what is kept: of which letters they are made, and how long they are, alone and with a
// tenant's name before them. The API and the record share these rules.
//
// Threads: plain values.
// Spec:    docs/log-format.md, docs/tenants.md.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace doorward::naming {

inline constexpr std::size_t kMaxTenant = 32;
inline constexpr std::size_t kMaxName = 64;  // a room, lane, inventory, section, unit, lock, key
inline constexpr std::size_t kMaxRule = 128;
// With a tenant and a slash before them: "acme/sale".
inline constexpr std::size_t kMaxFullName = kMaxTenant + 1 + kMaxName;
inline constexpr std::size_t kMaxFullRule = kMaxTenant + 1 + kMaxRule;
// Of an inventory or a lock in a record, which allows more than a tenant's name has.
inline constexpr std::size_t kMaxRecorded = kMaxName + 1 + kMaxName;

constexpr bool is_lower(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }
constexpr bool is_letter(char c) { return is_lower(c) || (c >= 'A' && c <= 'Z'); }
constexpr bool is_mark(char c) { return c == '.' || c == '_' || c == '-'; }

// 1 to `most` of [a-z0-9._-], beginning with a letter or a digit.
constexpr bool is_name(std::string_view text, std::size_t most = kMaxName) {
  return !text.empty() && text.size() <= most && is_lower(text.front()) &&
         std::all_of(text.begin(), text.end(), [](char c) { return is_lower(c) || is_mark(c); });
}

// The same with capitals too, and with `more` as a further mark where it is given.
constexpr bool is_any_case_name(std::string_view text, char more = '.') {
  return !text.empty() && text.size() <= kMaxName && is_letter(text.front()) &&
         std::all_of(text.begin(), text.end(),
                     [more](char c) { return is_letter(c) || is_mark(c) || c == more; });
}

}  // namespace doorward::naming
