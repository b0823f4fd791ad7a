// Reads a JSON value into settings, member by member, and keeps the first fault.
//
// Why:     policies and rules are refused in the same words: "admit.every: expected a duration …".
//          A member that is not known is a fault that names the nearest known one.
// Ownership: the fault outlives the reader. Threads: single owner.
// Errors:  invalid; the sentence begins with the member's path.
#pragma once

#include "base/result.hpp"
#include "base/time.hpp"

#include <boost/json/value.hpp>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace doorward::wire {

template <class T>
using JsonNames = std::span<const std::pair<const char*, T>>;

class JsonReader {
 public:
  using Value = const boost::json::value&;
  using At = const std::string&;
  using Read = std::function<void(Value, At path)>;
  struct Member {
    std::string_view name;
    Read read;
  };

  JsonReader(std::string path, std::optional<Error>& fault)
      : path_(std::move(path)), fault_(fault) {}

  void object(Value value, std::initializer_list<Member> members);
  // Members of any name.
  void named(Value value, At path, const std::function<void(std::string_view, Value, At)>& read);
  // A list, or one item standing for a list of one.
  void items(Value value, At path, std::size_t most, const Read& read);

  void count(Value value, At path, std::uint32_t& to);
  void count(Value value, At path, std::uint64_t& to);
  void integer(Value value, At path, std::int32_t& to);
  void boolean(Value value, At path, bool& to);
  void duration(Value value, At path, Millis& to);
  void time(Value value, At path, LogTime& to);
  void text(Value value, At path, std::string& to);
  template <class T>
  void name(Value value, At path, JsonNames<T> names, T& to) {
    std::string list;
    for (const auto& [text, named] : names) {
      if (value.is_string() && value.get_string() == text) {
        to = named;
        return;
      }
      list += (list.empty() ? "\"" : ", \"") + std::string(text) + '"';
    }
    fail(path, "one of " + list, value);
  }

  void fail(At path, const std::string& expected, Value found);
  void fail(At path, const std::string& what);
  bool failed() const { return fault_.has_value(); }

 private:
  std::string join(std::string_view key) const;
  void unknown(std::string_view key, std::initializer_list<Member> members);

  std::string path_;
  std::optional<Error>& fault_;
};

// Null takes a limit away; anything else is read into it.
template <class T>
void json_optional(JsonReader::Value value, std::optional<T>& to,
                   const std::function<void(T&)>& read) {
  if (value.is_null()) {
    to.reset();
    return;
  }
  T inner = to.value_or(T{});
  read(inner);
  to = std::move(inner);
}

template <class T>
boost::json::value json_name(JsonNames<T> names, T value) {
  const auto found = std::find_if(names.begin(), names.end(),
                                  [&](const auto& item) { return item.second == value; });
  return found->first;
}

template <class T, class Write>
boost::json::value json_or_null(const std::optional<T>& value, Write write) {
  return value ? boost::json::value(write(*value)) : boost::json::value(nullptr);
}

}  // namespace doorward::wire
