// CRC-32C (Castagnoli): finds torn and rotten bytes. Not a protection against an attacker.
//
// Threads: pure function.
// Spec:    RFC 3720, appendix B.4.
#pragma once

#include <cstdint>
#include <string_view>

namespace doorward {

// Of `bytes`, or of what came before and `bytes` when `before` is the checksum of the former.
std::uint32_t crc32c(std::string_view bytes, std::uint32_t before = 0);

}  // namespace doorward
