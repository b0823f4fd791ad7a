// JSON as two readers cannot read differently: no member twice, no comments, bounded depth.
//
// Bounds: depth 32. The caller bounds the size of `text`.
// Errors: invalid, saying what is wrong and at which byte.
// Spec:   RFC 8259; RFC 7493 section 2.3 (I-JSON: names are unique).
#pragma once

#include "base/result.hpp"

#include <boost/json/value.hpp>

#include <string_view>

namespace doorward::wire {

Result<boost::json::value> parse_json_strict(std::string_view text);

}  // namespace doorward::wire
