// Numbers as Pydantic's lax mode takes them: as numbers, and as text that says one.
//
// Why:     clients of the systems that are written with it send "20" for 20, and read its words of
//          what is wrong.
// Threads: pure functions.
// Errors:  int_type, int_from_float, int_parsing, float_type, float_parsing, with Pydantic's words.
// Spec:    checked against Pydantic 2.14, but that `true` is no number.
#pragma once

#include "api/compat/fastapi.hpp"

#include <boost/json/value.hpp>
#include <boost/system/result.hpp>

namespace doorward::api::compat {

using LaxNumber = boost::system::result<double, Fault>;

// `20`, `20.0`, "20", " +1_000 ", "20.00"; no "2e1".
LaxNumber lax_integer(const char* member, const boost::json::value& said);
// Also with a fraction or an exponent; finite.
LaxNumber lax_number(const char* member, const boost::json::value& said);

}  // namespace doorward::api::compat
