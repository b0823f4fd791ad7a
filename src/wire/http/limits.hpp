// How large the parts of an HTTP/1.1 message may be.
//
// Bounds: a request line beyond its limit is answered 414, a head or trailers beyond theirs 431, a
//         body 413. The caller's buffer must hold `head_bytes`: the parser asks for a head in one
//         piece.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>

namespace doorward::wire {

struct Limits {
  std::size_t start_line_bytes = 8'192;  // RFC 9112 section 3 asks for 8,000 at least
  std::size_t head_bytes = 32'768;       // the start line included
  std::size_t fields = 100;
  std::uint64_t body_bytes = std::numeric_limits<std::uint64_t>::max();
  std::size_t chunk_extension_bytes = 4'096;  // of all chunks of a message together
  std::size_t trailer_bytes = 8'192;
};

}  // namespace doorward::wire
