#include "wire/json_reader.hpp"

#include "wire/clip.hpp"
#include "wire/duration.hpp"
#include "wire/json_text.hpp"
#include "wire/rfc3339.hpp"

#include <fmt/format.h>
#include <boost/json.hpp>

#include <vector>

namespace doorward::wire {
namespace {

namespace json = boost::json;

constexpr std::size_t kShown = 60;

// Letters to insert, remove or change to make one name of the other.
std::size_t edits_between(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j < row.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t changed = diagonal + (a[i - 1] != b[j - 1] ? 1 : 0);
      diagonal = std::exchange(row[j], std::min({row[j] + 1, row[j - 1] + 1, changed}));
    }
  }
  return row.back();
}

}  // namespace

void JsonReader::object(Value value, std::initializer_list<Member> members) {
  if (!value.is_object()) return fail(path_, "an object", value);
  for (const auto& [key, item] : value.get_object()) {
    const auto known = std::find_if(members.begin(), members.end(),
                                    [&key = key](const Member& m) { return m.name == key; });
    if (known == members.end()) return unknown(key, members);
    known->read(item, join(key));
  }
}

void JsonReader::named(Value value, At path,
                       const std::function<void(std::string_view, Value, At)>& read) {
  if (!value.is_object()) return fail(path, "an object", value);
  for (const auto& [key, item] : value.get_object())
    read(key, item, fmt::format("{}.{}", path, clip(key, kShown)));
}

void JsonReader::items(Value value, At path, std::size_t most, const Read& read) {
  if (!value.is_array()) return read(value, path);
  const json::array& list = value.get_array();
  if (list.size() > most)
    return fail(path, fmt::format("has {} entries; keep to {}", list.size(), most));
  for (std::size_t i = 0; i < list.size() && !failed(); ++i)
    read(list[i], fmt::format("{}[{}]", path, i));
}

void JsonReader::count(Value value, At path, std::uint32_t& to) {
  json::error_code problem;
  const auto number = value.to_number<std::uint32_t>(problem);
  // Boost.JSON makes an integer of 2.0; readers of YAML, and of other JSON, do not.
  if (problem || value.is_double()) return fail(path, "a whole number from 0 to 4294967295", value);
  to = number;
}

void JsonReader::count(Value value, At path, std::uint64_t& to) {
  json::error_code problem;
  const auto number = value.to_number<std::uint64_t>(problem);
  if (problem || value.is_double()) return fail(path, "a whole number from 0", value);
  to = number;
}

void JsonReader::integer(Value value, At path, std::int32_t& to) {
  json::error_code problem;
  const auto number = value.to_number<std::int32_t>(problem);
  if (problem || value.is_double()) return fail(path, "a whole number", value);
  to = number;
}

void JsonReader::boolean(Value value, At path, bool& to) {
  if (!value.is_bool()) return fail(path, "true or false", value);
  to = value.get_bool();
}

void JsonReader::duration(Value value, At path, Millis& to) {
  if (!value.is_string())
    return fail(path, "a duration such as \"250ms\", \"5s\" or \"4m\"", value);
  const auto parsed = parse_duration(value.get_string());
  if (parsed.has_error()) return fail(path, parsed.error().what);
  to = *parsed;
}

void JsonReader::time(Value value, At path, LogTime& to) {
  if (!value.is_string()) return fail(path, "a time such as \"2026-01-31T08:00:00Z\"", value);
  const auto parsed = parse_rfc3339(value.get_string());
  if (parsed.has_error()) return fail(path, parsed.error().what);
  to = *parsed;
}

void JsonReader::text(Value value, At path, std::string& to) {
  if (!value.is_string()) return fail(path, "text", value);
  to = std::string(value.get_string());
}

void JsonReader::fail(At path, const std::string& expected, Value found) {
  fail(path, fmt::format("expected {}, found {}", expected, clip(json_text(found), kShown)));
}

void JsonReader::fail(At path, const std::string& what) {
  if (!fault_) fault_ = error(Errc::invalid, path.empty() ? what : path + ": " + what);
}

std::string JsonReader::join(std::string_view key) const {
  return path_.empty() ? std::string(key) : fmt::format("{}.{}", path_, key);
}

void JsonReader::unknown(std::string_view key, std::initializer_list<Member> members) {
  const auto nearest =
      std::min_element(members.begin(), members.end(), [&](const Member& a, const Member& b) {
        return edits_between(key, a.name) < edits_between(key, b.name);
      });
  fail(join(clip(key, kShown)),
       fmt::format("not a known member; the nearest is \"{}\"", nearest->name));
}

}  // namespace doorward::wire
