// 128-bit identifiers: who and what, in 16 bytes.
//
// Why:     a visitor's subject may be any text; the engine keeps a keyed 128-bit hash of it, so
//          that a million tickets fit in memory and the log holds no personal data.
// Text:    32 lower-case hexadecimal digits, most significant first.
// Threads: plain values.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace doorward {

// `Tag` makes ids of different things different types.
template <class Tag>
struct Id128 {
  std::uint64_t hi = 0;
  std::uint64_t lo = 0;

  friend constexpr auto operator<=>(const Id128&, const Id128&) = default;
  constexpr bool is_null() const { return hi == 0 && lo == 0; }
};

struct TicketTag;
struct SubjectTag;

// Drawn at random by the node that takes the join; unguessable.
using TicketId = Id128<TicketTag>;
// Keyed hash of whom a ticket is for.
using SubjectKey = Id128<SubjectTag>;

std::string to_hex(std::uint64_t hi, std::uint64_t lo);
void append_hex(std::string& out, std::uint64_t hi, std::uint64_t lo);
// Accepts exactly 32 lower-case hexadecimal digits.
bool parse_hex(std::string_view text, std::uint64_t& hi, std::uint64_t& lo);

template <class Tag>
std::string to_string(const Id128<Tag>& id) {
  return to_hex(id.hi, id.lo);
}

template <class Tag>
void append(std::string& out, const Id128<Tag>& id) {
  append_hex(out, id.hi, id.lo);
}

template <class Id>
std::optional<Id> parse_id(std::string_view text) {
  Id id;
  if (!parse_hex(text, id.hi, id.lo)) return std::nullopt;
  return id;
}

}  // namespace doorward
