// SHA-256 of a text.
//
// Threads: const-safe.
// Spec:    FIPS 180-4.
#pragma once

#include <string>
#include <string_view>

namespace doorward::wire {

// In lower-case hexadecimal.
std::string sha256_hex(std::string_view text);

}  // namespace doorward::wire
