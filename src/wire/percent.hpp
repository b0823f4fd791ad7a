// Percent-escapes of addresses.
//
// Errors: absent where an escape is cut off or has no two hexadecimal digits.
// Spec:   RFC 3986 section 2.1.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace doorward::wire {

// Every byte as it is meant, control characters too: whoever asked judges them.
std::optional<std::string> percent_decode(std::string_view text);

}  // namespace doorward::wire
