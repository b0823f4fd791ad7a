// The embedded files of the pages for visitors, and how a page allows them.
//
// Threads: pure functions.
// Errors:  none: a file that is missing ends the start (an assert).
// Spec:    Content Security Policy level 3, section 2.3 (hash sources).
#pragma once

#include <string>
#include <string_view>

namespace doorward::gateway {

std::string_view asset(std::string_view path);  // below web/waiting

// "'sha256-…'" of an inline style or script.
std::string sha256_source(std::string_view text);

}  // namespace doorward::gateway
