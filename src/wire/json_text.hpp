// JSON as text, with numbers as people and other writers have them: 100.0 and 0.028, where
// Boost.JSON writes 1E2 and 2.8E-2.
//
// Why:     the same value, but clients also show an answer as it stands, or compare it as text.
// Threads: pure functions.
// Spec:    RFC 8259; the shortest decimal that reads back as the same double.
#pragma once

#include <boost/json/value.hpp>

#include <string>

namespace doorward::wire {

std::string json_text(const boost::json::value& value);
std::string json_text(const boost::json::object& object);
std::string json_text(const boost::json::array& array);

}  // namespace doorward::wire
