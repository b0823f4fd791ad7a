// Writes replies of the Redis protocol behind what `out` already holds: RESP2, and what of RESP3
// differs.
//
// Threads: pure functions.
// Errors:  a line break or control character in a simple string or an error, which could end it
//          early, is written as a blank.
// Spec:    redis.io, "Redis serialization protocol specification".
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace doorward::wire::resp {

void append_simple(std::string& out, std::string_view text);
void append_error(std::string& out, std::string_view text);  // "ERR unknown command …"
void append_integer(std::string& out, std::int64_t value);
void append_bulk(std::string& out, std::string_view bytes);
void append_null(std::string& out);
// The head of an array: `size` replies follow.
void append_array(std::string& out, std::size_t size);
// RESP3 only. Of a map: `size` pairs of replies follow.
void append_null3(std::string& out);
void append_map3(std::string& out, std::size_t size);

}  // namespace doorward::wire::resp
