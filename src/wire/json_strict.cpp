#include "wire/json_strict.hpp"

#include <fmt/format.h>
#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/parser.hpp>

namespace doorward::wire {
namespace {

namespace json = boost::json;

constexpr std::size_t kMaxDepth = 32;

// Counts the members as written. The parser keeps one of several members of a name, so a tree with
// fewer members than the text had lost one.
struct MemberCounter {
  static constexpr std::size_t max_object_size = std::size_t(-1);
  static constexpr std::size_t max_array_size = std::size_t(-1);
  static constexpr std::size_t max_key_size = std::size_t(-1);
  static constexpr std::size_t max_string_size = std::size_t(-1);

  std::size_t members = 0;

  using Text = json::string_view;
  using Code = json::error_code;
  bool on_document_begin(Code&) { return true; }
  bool on_document_end(Code&) { return true; }
  bool on_object_begin(Code&) { return true; }
  bool on_object_end(std::size_t, Code&) { return true; }
  bool on_array_begin(Code&) { return true; }
  bool on_array_end(std::size_t, Code&) { return true; }
  bool on_key_part(Text, std::size_t, Code&) { return true; }
  bool on_key(Text, std::size_t, Code&) {
    ++members;
    return true;
  }
  bool on_string_part(Text, std::size_t, Code&) { return true; }
  bool on_string(Text, std::size_t, Code&) { return true; }
  bool on_number_part(Text, Code&) { return true; }
  bool on_int64(std::int64_t, Text, Code&) { return true; }
  bool on_uint64(std::uint64_t, Text, Code&) { return true; }
  bool on_double(double, Text, Code&) { return true; }
  bool on_bool(bool, Code&) { return true; }
  bool on_null(Code&) { return true; }
  bool on_comment_part(Text, Code&) { return true; }
  bool on_comment(Text, Code&) { return true; }
};

std::size_t members_in(const json::value& value) {
  std::size_t count = 0;
  if (const auto* object = value.if_object()) {
    count = object->size();
    for (const auto& member : *object) count += members_in(member.value());
  } else if (const auto* array = value.if_array()) {
    for (const auto& item : *array) count += members_in(item);
  }
  return count;
}

}  // namespace

Result<json::value> parse_json_strict(std::string_view text) {
  json::parse_options options;
  options.max_depth = kMaxDepth;
  json::basic_parser<MemberCounter> counter(options);
  json::error_code problem;
  const std::size_t read = counter.write_some(false, text.data(), text.size(), problem);
  if (!problem && read < text.size()) problem = json::error::extra_data;
  if (problem)
    return error(Errc::invalid, fmt::format("not JSON: {} at byte {}", problem.message(), read));
  json::value value = json::parse(text, problem, {}, options);
  if (problem) return error(Errc::invalid, fmt::format("not JSON: {}", problem.message()));
  if (members_in(value) != counter.handler().members)
    return error(Errc::invalid, "not JSON: a member stands twice in one object");
  return value;
}

}  // namespace doorward::wire
