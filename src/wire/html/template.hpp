// HTML with named places: `{{name}}` is replaced by an escaped value, `{{{name}}}` by a raw one.
//
// Why:     the waiting page and an operator's own template need no more; nothing loops or decides
// in them. Threads: const-safe once parsed. Bounds:  a template is at most kMaxTemplate bytes.
// Errors:  invalid: a place is not closed, or its name is not among the known ones (the nearest is
//          named).
#pragma once

#include "base/result.hpp"

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace doorward::wire::html {

inline constexpr std::size_t kMaxTemplate = 256 * 1024;

// `&`, `<`, `>`, `"` and `'` as references, for text and for quoted attributes.
std::string escape(std::string_view text);

class Template {
 public:
  // `known` lists the names that `render` can be asked for.
  static Result<Template> parse(std::string_view text, std::span<const std::string_view> known);

  // Asks `value` once for each place, in order.
  using Values = std::function<std::string(std::string_view name)>;
  std::string render(const Values& value) const;

  bool uses(std::string_view name) const;

 private:
  struct Piece {
    std::string text;  // literal, or the name of a place
    enum class Kind : unsigned char { literal, escaped, raw } kind = Kind::literal;
  };
  std::vector<Piece> pieces_;
};

}  // namespace doorward::wire::html
