// A member of a JSON object that is wanted as text.
//
// Ownership: the text is the object's.
// Threads: pure function.
// Errors:  none: what is missing, or is no text, is empty.
#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <string_view>

namespace doorward::wire {

inline std::string_view text_member(const boost::json::object& object, std::string_view name) {
  const boost::json::value* value = object.if_contains(name);
  return value != nullptr && value->is_string() ? std::string_view(value->get_string())
                                                : std::string_view();
}

}  // namespace doorward::wire
