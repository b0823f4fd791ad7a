// The memo of a ticket's stream, a word in its connection: when something was sent last, and the
// place that was sent. Zero: nothing yet.
//
// Time:    steady milliseconds, cut to 32 bits.
// Threads: pure functions.
#pragma once

#include "base/time.hpp"

#include <cstdint>

namespace doorward::api {

inline constexpr std::uint32_t kNoPlace = 0x3fff'ffff;
// Beside the place: that all was sold out, and that the room was paused.
inline constexpr std::uint32_t kSoldOut = 0x8000'0000;
inline constexpr std::uint32_t kPaused = 0x4000'0000;

// Whether nobody was let in and somebody is, or the other way round, or a place is there or gone:
// with a draw all get theirs at once.
inline bool is_urgent(std::uint32_t place, std::uint32_t sent) {
  const bool halts = ((place ^ sent) & (kSoldOut | kPaused)) != 0;
  return halts || ((place & kNoPlace) == kNoPlace) != ((sent & kNoPlace) == kNoPlace);
}

inline std::uint64_t memo_of(Millis sent_at, std::uint32_t place) {
  return static_cast<std::uint64_t>(sent_at.count()) << 32 | place;
}
inline std::uint32_t sent_place(std::uint64_t memo) { return static_cast<std::uint32_t>(memo); }
inline Millis since_sent(std::uint64_t memo, Millis now) {
  return Millis{static_cast<std::uint32_t>(now.count()) - static_cast<std::uint32_t>(memo >> 32)};
}

}  // namespace doorward::api
