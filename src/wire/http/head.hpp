// Heads of HTTP messages, independent of the protocol's version: what a handler and the proxy see.
//
// Why:     one flat buffer a head: fields are offsets into it, so that parsing a request allocates
// nothing
//          once the buffer has grown, and `clear` keeps the memory for the next request.
// Bounds:  set by the parser (wire/http/limits.hpp), not here.
// Threads: single owner. Views returned are valid until the next change.
// Spec:    RFC 9110 section 5 (fields), RFC 9112 section 3 (targets).
#pragma once

#include <boost/container/vector.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace doorward::wire {

struct FieldView {
  std::string_view name;   // as received
  std::string_view value;  // without surrounding whitespace
};

// Header or trailer fields in order. Names compare without regard to letter case.
// They lie as lines in one buffer, so that an answer's go out by one copy.
class Fields {
 public:
  void clear();
  void append(std::string_view name, std::string_view value);
  void set(std::string_view name, std::string_view value);  // replaces all of that name
  std::size_t remove(std::string_view name);                // how many went
  std::size_t size() const { return entries_.size(); }
  bool empty() const { return entries_.empty(); }
  FieldView operator[](std::size_t i) const {
    const Entry& entry = entries_[i];
    const std::string_view name = name_of(entry);
    return {name, {name.data() + name.size() + kColon, entry.value_size}};
  }
  // The first of that name.
  std::optional<std::string_view> find(std::string_view name) const;
  std::size_t count(std::string_view name) const;
  bool contains(std::string_view name) const { return find(name).has_value(); }
  // Whether a comma-separated field of that name lists `token` (letter case ignored).
  bool lists(std::string_view name, std::string_view token) const;
  // "Name: value\r\n" of each, as it was given; absent where one was removed since `clear`.
  std::optional<std::string_view> lines() const;

 private:
  struct Entry {
    std::uint32_t at, name_size, value_size;
  };
  static constexpr std::size_t kColon = 2;  // ": "
  std::string_view name_of(const Entry& entry) const {
    return {bytes_.data() + entry.at, entry.name_size};
  }
  boost::container::vector<char> bytes_;  // which grows without being filled first
  bool is_whole_ = true;                  // no line was removed
  std::vector<Entry> entries_;
};

bool equal_ignoring_case(std::string_view a, std::string_view b);
// As above, and '_' is '-': CGI, WSGI and their kin cannot tell "X_User_Id" from "X-User-Id".
bool equal_to_cgi(std::string_view a, std::string_view b);

struct RequestHead {
  std::string method;     // "GET"; case-sensitive
  std::string scheme;     // "http" or "https", as the connection came
  std::string authority;  // from absolute-form or Host
  std::string path;       // begins with '/', or is "*"; escapes kept as received, no dot segments
  std::string query;      // without '?'
  bool has_query = false;
  Fields fields;

  void clear();
  std::string target() const;  // path and query as one
};

struct ResponseHead {
  unsigned status = 200;
  Fields fields;
};

}  // namespace doorward::wire
