// Instants as text: "2026-01-31T08:00:00.000Z".
//
// Errors: parse answers invalid. Written in UTC with milliseconds; read with any offset and up to
//         nine digits of a second, of which three are kept. What four digits of a year cannot say
//         is written as the nearest that they can.
// Spec:   RFC 3339 section 5.6.
#pragma once

#include "base/result.hpp"
#include "base/time.hpp"

#include <string>
#include <string_view>

namespace doorward::wire {

std::string format_rfc3339(LogTime time);
void append_rfc3339(std::string& out, LogTime time);
Result<LogTime> parse_rfc3339(std::string_view text);

}  // namespace doorward::wire
