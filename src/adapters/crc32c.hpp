// CRC-32C (Castagnoli), the checksum of stored records.
//
// Threads: pure functions.
// Spec:    RFC 3720, appendix B.4.
#pragma once

#include <cstdint>
#include <string_view>

namespace doorward::adapters {

// Goes on from `crc`, the checksum of what stands before `bytes`; 0 at the beginning.
std::uint32_t crc32c(std::uint32_t crc, std::string_view bytes);

}  // namespace doorward::adapters
