// 128-bit ids as UUIDs, for clients that know no other form.
//
// Why:     ids of ours are random, so one that is drawn for such a client is made a UUID of version
//          4 by six of its bits, and stands for itself in both forms.
// Threads: pure functions.
// Spec:    RFC 9562 sections 4 and 5.4.
#pragma once

#include "base/ids.hpp"

#include <fmt/format.h>

#include <optional>
#include <string>
#include <string_view>

namespace doorward::wire {

// With version and variant set.
template <class Id>
Id as_uuid_v4(Id id) {
  id.hi = (id.hi & ~std::uint64_t{0xf000}) | 0x4000;
  id.lo = (id.lo & ~(std::uint64_t{3} << 62)) | std::uint64_t{2} << 62;
  return id;
}

template <class Id>
std::string to_uuid(const Id& id) {
  return fmt::format("{:08x}-{:04x}-{:04x}-{:04x}-{:012x}", id.hi >> 32, (id.hi >> 16) & 0xffff,
                     id.hi & 0xffff, id.lo >> 48, id.lo & 0xffff'ffff'ffffULL);
}

// Of any version, in letters of either case.
template <class Id>
std::optional<Id> parse_uuid(std::string_view text) {
  constexpr std::size_t kDashes[] = {8, 13, 18, 23};
  if (text.size() != 36) return std::nullopt;
  std::string digits;
  std::size_t dash = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool is_dash = dash < 4 && i == kDashes[dash];
    if (is_dash != (text[i] == '-')) return std::nullopt;
    dash += is_dash ? 1 : 0;
    const char c = text[i];
    if (!is_dash) digits += c >= 'A' && c <= 'F' ? static_cast<char>(c + 32) : c;
  }
  return parse_id<Id>(digits);
}

}  // namespace doorward::wire
