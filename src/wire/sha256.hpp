// SHA-256 of a text.
//
// Why:     the context is kept by thread, since OpenSSL takes longer to make one than to digest an
//          API key.
// Threads: const-safe.
// Spec:    FIPS 180-4.
#pragma once

#include <array>
#include <string>
#include <string_view>

namespace doorward::wire {

using Digest = std::array<unsigned char, 32>;
Digest sha256(std::string_view text);

// In lower-case hexadecimal.
std::string sha256_hex(std::string_view text);

}  // namespace doorward::wire
