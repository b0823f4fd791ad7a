// Durations as people write them: "250ms", "5s", "4m", "1h", "7d".
//
// Why:    one grammar for the configuration file, the admin API and what they show.
// Bounds: a whole number and one unit, from 0ms to ten years.
// Errors: invalid, saying what was expected.
#pragma once

#include "base/result.hpp"
#include "base/time.hpp"

#include <string>
#include <string_view>

namespace doorward::wire {

inline constexpr Millis kMaxDuration{std::chrono::hours{24 * 3650}};

Result<Millis> parse_duration(std::string_view text);
// The largest unit that divides it: 90'000 ms is "90s", 240'000 ms is "4m".
std::string format_duration(Millis duration);

}  // namespace doorward::wire
