#include "api/compat/lax_number.hpp"

#include <boost/json.hpp>

#include <charconv>
#include <cmath>
#include <optional>
#include <string>
#include <string_view>

namespace doorward::api::compat {
namespace {

namespace json = boost::json;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlank = " \t\n\r\f\v";
  const auto first = text.find_first_not_of(kBlank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

// Without the underscores that stand between two digits. Absent: one stands elsewhere.
std::optional<std::string> without_underscores(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '_') {
      plain += text[i];
      continue;
    }
    const bool between =
        i > 0 && i + 1 < text.size() && is_digit(text[i - 1]) && is_digit(text[i + 1]);
    if (!between) return std::nullopt;
  }
  return plain;
}

std::optional<double> read(std::string_view said) {
  const auto plain = without_underscores(trimmed(said));
  if (!plain) return std::nullopt;
  std::string_view text = *plain;
  const bool is_plus = text.starts_with('+');
  if (is_plus) text.remove_prefix(1);
  const bool begins = !text.empty() && (text.front() == '.' || is_digit(text.front()) ||
                                        (text.front() == '-' && !is_plus));
  double number = 0;
  const char* const last = text.data() + text.size();
  const auto [end, problem] = std::from_chars(text.data(), last, number);
  if (!begins || end != last || problem != std::errc() || !std::isfinite(number))
    return std::nullopt;
  return number;
}

// A sign, digits, and at most a fraction of zeros.
bool has_integer_form(std::string_view said) {
  std::string_view text = trimmed(said);
  if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
  const auto dot = text.find('.');
  const std::string_view whole = text.substr(0, dot);
  if (whole.empty() || whole.find_first_not_of("0123456789_") != std::string_view::npos)
    return false;
  if (dot == std::string_view::npos) return true;
  const std::string_view fraction = text.substr(dot + 1);
  return !fraction.empty() && fraction.find_first_not_of('0') == std::string_view::npos;
}

}  // namespace

LaxNumber lax_integer(const char* member, const json::value& said) {
  if (said.is_string()) {
    const std::string_view text = said.get_string();
    const auto number = has_integer_form(text) ? read(text) : std::nullopt;
    if (number) return *number;
    return Fault{member, "int_parsing",
                 "Input should be a valid integer, unable to parse string as an integer"};
  }
  if (!said.is_number()) return Fault{member, "int_type", "Input should be a valid integer"};
  const double number = said.to_number<double>();
  if (number == std::floor(number)) return number;
  return Fault{member, "int_from_float",
               "Input should be a valid integer, got a number with a fractional part"};
}

LaxNumber lax_number(const char* member, const json::value& said) {
  if (said.is_string()) {
    const auto number = read(said.get_string());
    if (number) return *number;
    return Fault{member, "float_parsing",
                 "Input should be a valid number, unable to parse string as a number"};
  }
  if (!said.is_number()) return Fault{member, "float_type", "Input should be a valid number"};
  return said.to_number<double>();
}

}  // namespace doorward::api::compat
