// Puts HTTP/1.1 messages into bytes.
//
// Why:    appends to the caller's buffer, so that a head, its body and the next answer leave in one
//         write. Control characters in a value become spaces: no field can smuggle another.
// Spec:   RFC 9112 sections 3, 4, 5 and 7.1.
#pragma once

#include "wire/http/head.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace doorward::wire {

std::string_view reason_phrase(unsigned status);  // empty for an unknown one

void append_status_line(std::string& out, unsigned status);
void append_request_line(std::string& out, std::string_view method, std::string_view target);
void append_field(std::string& out, std::string_view name, std::string_view value);
void append_field(std::string& out, std::string_view name, std::uint64_t value);
void append_fields(std::string& out, const Fields& fields);  // at once where that is possible
inline void append_end_of_head(std::string& out) { out.append("\r\n"); }

// A chunk is its header, its data and kChunkEnd. It has at least one byte.
inline constexpr std::string_view kChunkEnd = "\r\n";
void append_chunk_header(std::string& out, std::size_t size);
void append_last_chunk(std::string& out, const Fields* trailers);

}  // namespace doorward::wire
