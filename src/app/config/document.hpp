// A YAML document as a tree that remembers where everything stands.
//
// Why:     an error in a configuration must name its line and column, also for values that were
//          found wrong long after parsing; and a hostile document must not cost more than its size.
// Bounds:  1 MiB of text, 32 levels, 200,000 nodes with aliases unfolded; one document.
// Errors:  invalid (not YAML), too_large (a bound); `what` begins with the place.
// Threads: plain values.
#pragma once

#include "base/result.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace doorward::app::config {

// "demo.yaml:4:11", or "environment DOORWARD_LISTEN".
struct Place {
  std::shared_ptr<const std::string> source;
  int line = 0;  // from 1; 0: the source has no lines
  int column = 0;
};
std::string to_string(const Place& place);

struct Node {
  enum class Kind { null, scalar, list, map };

  Kind kind = Kind::null;
  Place at;
  std::string text;          // of a scalar
  bool quoted = false;       // a quoted scalar is text, even if it looks like a number
  bool commented = false;    // of a null: a # stands in the place of the value
  std::vector<Node> keys;    // of a map: scalars
  std::vector<Node> values;  // of a map, beside `keys`; of a list

  const Node* find(std::string_view key) const;  // of a map
  Node* find(std::string_view key);
};

// What stands there, for messages: `"many"`, `a list`, `nothing`.
std::string describe(const Node& node);

inline constexpr std::size_t kMaxText = 1U << 20;
inline constexpr std::size_t kMaxDepth = 32;
inline constexpr std::size_t kMaxNodes = 200'000;

// An empty text is an empty map.
Result<Node> parse_document(std::string_view text, std::string source_name);

}  // namespace doorward::app::config
