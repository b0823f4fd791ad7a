#include "wire/json_text.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <string_view>

namespace doorward::wire {
namespace {

namespace json = boost::json;

// Beyond these a decimal is mostly zeros.
constexpr double kLeast = 1e-9;
constexpr double kMost = 1e21;

bool any_double(const json::object& object);

bool has_double(const json::value& value) {
  if (const auto* object = value.if_object()) return any_double(*object);
  if (const auto* array = value.if_array())
    return std::any_of(array->begin(), array->end(), has_double);
  return value.is_double();
}

bool any_double(const json::object& object) {
  return std::any_of(object.begin(), object.end(),
                     [](const json::key_value_pair& member) { return has_double(member.value()); });
}

void append(std::string& out, double number) {
  const double size = std::abs(number);
  const bool is_plain = size == 0 || (size >= kLeast && size < kMost);
  std::array<char, 64> digits;
  const auto format = is_plain ? std::chars_format::fixed : std::chars_format::scientific;
  const auto end = std::to_chars(digits.begin(), digits.end(), number, format).ptr;
  const std::string_view text(digits.data(), static_cast<std::size_t>(end - digits.data()));
  out += text;
  if (is_plain && text.find('.') == std::string_view::npos) out += ".0";
}

void append(std::string& out, const json::value& value);

template <class Items, class Each>
void append_list(std::string& out, char open, char close, const Items& items, const Each& each) {
  out += open;
  for (bool first = true; const auto& item : items) {
    if (!first) out += ',';
    first = false;
    each(item);
  }
  out += close;
}

void append(std::string& out, const json::object& object) {
  append_list(out, '{', '}', object, [&](const json::key_value_pair& member) {
    out += json::serialize(member.key());
    out += ':';
    append(out, member.value());
  });
}

void append(std::string& out, const json::value& value) {
  if (const auto* object = value.if_object()) {
    append(out, *object);
  } else if (const auto* array = value.if_array()) {
    append_list(out, '[', ']', *array, [&](const json::value& item) { append(out, item); });
  } else if (const auto* number = value.if_double(); number != nullptr && std::isfinite(*number)) {
    append(out, *number);
  } else {
    out += json::serialize(value);
  }
}

}  // namespace

std::string json_text(const json::value& value) {
  if (!has_double(value)) return json::serialize(value);
  std::string out;
  append(out, value);
  return out;
}

std::string json_text(const json::object& object) {
  if (!any_double(object)) return json::serialize(object);
  std::string out;
  append(out, object);
  return out;
}

std::string json_text(const json::array& array) {
  std::string out;
  append_list(out, '[', ']', array, [&](const json::value& item) { out += json_text(item); });
  return out;
}

}  // namespace doorward::wire
