// One value of a configuration: how it is read, what may stand there, what it is when absent.
//
// Why:     the types that a setting may have, each with its wording for a person and for JSON
// Schema. Threads: single owner; refers to the slot it was made from.
#pragma once

#include "app/config/document.hpp"
#include "base/time.hpp"

#include <boost/json/object.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace doorward::app::config {

struct Scalar {
  std::string expected;        // "a whole number from 1 to 65535"
  std::string type;            // for the reference: "number", "duration", "one of `a`, `b`"
  boost::json::object schema;  // what JSON Schema says of it
  std::string by_default;      // as it would be written; empty: none
  std::function<bool(const Node&)> set;  // false: not what was expected
  bool secret = false;                   // never shown
};

struct Range {
  std::int64_t low = 0;
  std::int64_t high = 0;
};
struct Within {
  Millis low{};
  Millis high{};
};
// A number of bytes: "64KiB", "1MiB", or plain.
struct Bytes {
  std::uint64_t low = 0;
  std::uint64_t high = 0;
};
template <class Enum>
using Names = std::vector<std::pair<std::string_view, Enum>>;
// Any text up to a length; what else must hold is told by `expected`.
struct Text {
  std::string expected = "text";
  std::size_t limit = 1024;
  std::function<bool(std::string_view)> holds = nullptr;
  bool secret = false;
};

// Reading of the plain forms; shared by the scalars below and by tests.
std::optional<std::int64_t> read_integer(const Node& node);
std::optional<bool> read_boolean(const Node& node);
std::optional<Millis> read_duration(const Node& node);
std::optional<std::uint64_t> read_bytes(const Node& node);
std::optional<LogTime> read_time(const Node& node);  // RFC 3339
std::string show_duration(Millis value);
std::string show_bytes(std::uint64_t value);

// A setting that has been described but not stored yet.
template <class T>
using Store = std::function<void(T)>;

Scalar integer_scalar(Range range, std::optional<std::int64_t> by_default,
                      Store<std::int64_t> store);
Scalar boolean_scalar(bool by_default, Store<bool> store);
Scalar duration_scalar(Within within, std::optional<Millis> by_default, Store<Millis> store);
Scalar bytes_scalar(Bytes bounds, std::uint64_t by_default, Store<std::uint64_t> store);
Scalar time_scalar(Store<LogTime> store);
Scalar text_scalar(Text rule, std::string by_default, Store<std::string> store);
Scalar choice_scalar(std::vector<std::string_view> names, std::string_view by_default,
                     Store<std::size_t> store);

template <class Int>
requires(std::is_integral_v<Int> && !std::is_same_v<Int, bool>) Scalar
    scalar_of(Int& slot, Range range) {
  return integer_scalar(range, static_cast<std::int64_t>(slot),
                        [&slot](std::int64_t v) { slot = static_cast<Int>(v); });
}
template <class Int>
requires(std::is_integral_v<Int> && !std::is_same_v<Int, bool>) Scalar
    scalar_of(std::optional<Int>& slot, Range range) {
  return integer_scalar(range, slot ? std::optional<std::int64_t>(*slot) : std::nullopt,
                        [&slot](std::int64_t v) { slot = static_cast<Int>(v); });
}
template <class Int>
requires std::is_integral_v<Int> Scalar scalar_of(Int& slot, Bytes bounds) {
  return bytes_scalar(bounds, static_cast<std::uint64_t>(slot),
                      [&slot](std::uint64_t v) { slot = static_cast<Int>(v); });
}
inline Scalar scalar_of(bool& slot) {
  return boolean_scalar(slot, [&slot](bool v) { slot = v; });
}
inline Scalar scalar_of(Millis& slot, Within within) {
  return duration_scalar(within, slot, [&slot](Millis v) { slot = v; });
}
inline Scalar scalar_of(std::optional<Millis>& slot, Within within) {
  return duration_scalar(within, slot, [&slot](Millis v) { slot = v; });
}
inline Scalar scalar_of(std::optional<LogTime>& slot) {
  return time_scalar([&slot](LogTime v) { slot = v; });
}
inline Scalar scalar_of(std::string& slot, Text rule = {}) {
  return text_scalar(std::move(rule), slot, [&slot](std::string v) { slot = std::move(v); });
}
template <class Enum>
Scalar scalar_of(Enum& slot, Names<Enum> names) {
  std::vector<std::string_view> words;
  std::string_view now;
  for (const auto& [word, value] : names) {
    words.push_back(word);
    if (value == slot) now = word;
  }
  return choice_scalar(std::move(words), now, [&slot, names = std::move(names)](std::size_t i) {
    slot = names[i].second;
  });
}
inline Scalar item_of(std::vector<std::string>& slot, Text rule = {}) {
  return text_scalar(std::move(rule), {}, [&slot](std::string v) { slot.push_back(std::move(v)); });
}

}  // namespace doorward::app::config
