#include "wire/http/target.hpp"

#include "base/hex.hpp"
#include "wire/http/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <string>

namespace doorward::wire {
namespace {

constexpr auto kNone = std::string_view::npos;

bool has_only_valid_escapes(std::string_view text) {
  for (std::size_t at = text.find('%'); at != kNone; at = text.find('%', at + 3)) {
    if (at + 2 >= text.size()) return false;
    const int high = hex_digit_of_either_case(text[at + 1]);
    const int low = hex_digit_of_either_case(text[at + 2]);
    if (high < 0 || low < 0 || (high == 0 && low == 0)) return false;
  }
  return true;
}

// The worse, the greater.
enum class Use : std::uint8_t {
  plain,    // stands for itself wherever it stands
  special,  // begins an escape or the query, or can make a dot segment
  escaped,
  refused,
};

constexpr std::array<Use, 256> kUses = [] {
  std::array<Use, 256> uses{};
  for (std::size_t c = 0; c < uses.size(); ++c) {
    if (c <= 0x20 || c >= 0x7f || c == '#') uses[c] = Use::refused;
  }
  for (const char c : std::string_view("\"<>[\\]^`{|}"))
    uses[static_cast<std::size_t>(c)] = Use::escaped;
  for (const char c : std::string_view("%?;.")) uses[static_cast<std::size_t>(c)] = Use::special;
  return uses;
}();

Use use_of(char c) { return kUses[static_cast<unsigned char>(c)]; }

Use worst_use(std::string_view text) {
  Use worst = Use::plain;
  for (const char c : text) worst = std::max(worst, use_of(c));
  return worst;
}

std::string escape(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  out.reserve(text.size() + 32);
  for (const char c : text) {
    if (use_of(c) < Use::escaped) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    (out += '%') += kDigits[byte >> 4];
    out += kDigits[byte & 15];
  }
  return out;
}

// The next character of a segment, unescaped.
char take(std::string_view& rest) {
  if (rest.front() == '%') {
    const int c = hex_digit_of_either_case(rest[1]) * 16 + hex_digit_of_either_case(rest[2]);
    rest.remove_prefix(3);
    return static_cast<char>(c);
  }
  const char c = rest.front();
  rest.remove_prefix(1);
  return c;
}

enum class Segment { plain, dot, dot_dot, ambiguous };

// Separators that are only seen once a backend decodes or cuts parameters divide a segment into
// parts; dots alone in such a part mean one thing here and another there.
Segment classify(std::string_view segment) {
  bool divided = false;
  bool dots_in_part = false;
  std::size_t dots = 0;
  std::size_t others = 0;
  const auto end_part = [&] {
    if (others == 0 && (dots == 1 || dots == 2)) dots_in_part = true;
    others = 0;
  };
  while (!segment.empty()) {
    const char c = take(segment);
    if (c == '/' || c == '\\' || c == ';') {
      end_part();
      dots = 0;
      divided = true;
    } else if (c == '.') {
      ++dots;
    } else {
      ++others;
    }
  }
  end_part();
  if (!dots_in_part) return Segment::plain;
  if (divided) return Segment::ambiguous;
  return dots == 1 ? Segment::dot : Segment::dot_dot;
}

// Dots at the start of a segment, plain or encoded, or an encoded separator: anything less cannot
// be a dot segment in anyone's eyes.
bool needs_a_closer_look(std::string_view path) {
  return path.find("/.") != kNone || path.find('%') != kNone || path.find(';') != kNone;
}

std::optional<ParseError> resolve_path(std::string_view path, std::string& out) {
  std::string_view rest = path.substr(1);
  bool directory = true;
  for (bool last = false; !last;) {
    const std::size_t slash = rest.find('/');
    last = slash == kNone;
    const std::string_view segment = rest.substr(0, slash);
    if (!last) rest.remove_prefix(slash + 1);
    switch (classify(segment)) {
      case Segment::plain:
        out.append("/").append(segment);
        directory = false;
        break;
      case Segment::dot: directory = true; break;
      case Segment::dot_dot:
        if (out.empty()) return ParseError{400, "The path leaves the root."};
        out.resize(out.rfind('/'));
        directory = true;
        break;
      case Segment::ambiguous:
        return ParseError{400, "The path has a dot segment beside an encoded separator."};
    }
  }
  if (directory || out.empty()) out += '/';
  return std::nullopt;
}

// Of a target without characters that must be escaped.
std::optional<ParseError> take_origin_form(std::string_view target, RequestHead& head) {
  const std::size_t mark = target.find('?');
  const std::string_view path = target.substr(0, mark);
  if (mark != kNone) {
    head.has_query = true;
    head.query.assign(target.substr(mark + 1));
  }
  if (!has_only_valid_escapes(target)) {
    return ParseError{400, "The target has a bad percent escape."};
  }
  if (needs_a_closer_look(path)) return resolve_path(path, head.path);
  head.path.assign(path);
  return std::nullopt;
}

std::optional<ParseError> parse_origin_form(std::string_view target, RequestHead& head) {
  const Use use = worst_use(target);
  if (use == Use::refused) {
    return ParseError{400, "The target has a character that must be escaped."};
  }
  if (use == Use::plain) {
    head.path.assign(target);
    return std::nullopt;
  }
  if (use == Use::special) return take_origin_form(target, head);
  if (target.substr(0, target.find('?')).find('\\') != kNone) {
    return ParseError{400, "The path has a backslash."};
  }
  return take_origin_form(escape(target), head);
}

std::optional<ParseError> parse_absolute_form(std::string_view target, RequestHead& head) {
  const std::size_t mark = target.find("://");
  if (mark == kNone) return ParseError{400, "The target is no path and no address."};
  const std::string_view scheme = target.substr(0, mark);
  if (!equal_ignoring_case(scheme, "http") && !equal_ignoring_case(scheme, "https")) {
    return ParseError{400, "The target's scheme is neither http nor https."};
  }
  target.remove_prefix(mark + 3);
  const std::size_t end = target.find_first_of("/?");
  const std::string_view authority = target.substr(0, end);
  if (!is_host(authority)) return ParseError{400, "The target's host is malformed."};
  head.authority.assign(authority);
  if (end == kNone) {
    head.path = head.method == "OPTIONS" ? "*" : "/";
    return std::nullopt;
  }
  if (target[end] == '/') return parse_origin_form(target.substr(end), head);
  return parse_origin_form("/" + std::string(target.substr(end)), head);
}

bool is_port(std::string_view port) {
  unsigned value = 0;
  const auto [end, ec] = std::from_chars(port.data(), port.data() + port.size(), value);
  return port.empty() || (ec == std::errc() && end == port.data() + port.size() && value <= 65'535);
}

constexpr std::array<bool, 256> kNameChars = [] {
  std::array<bool, 256> all{};
  for (std::size_t c = 0; c < all.size(); ++c) all[c] = is_alnum(static_cast<char>(c));
  for (const char c : std::string_view("-._~")) all[static_cast<std::size_t>(c)] = true;
  return all;
}();

bool is_name_char(char c) { return kNameChars[static_cast<unsigned char>(c)]; }

}  // namespace

bool is_host(std::string_view host) {
  std::size_t end = 0;
  if (host.starts_with('[')) {
    end = host.find(']');
    if (end == kNone || end < 3) return false;
    for (const char c : host.substr(1, end - 1)) {
      if (hex_digit_of_either_case(c) < 0 && c != ':' && c != '.') return false;
    }
    ++end;
  } else {
    while (end < host.size() && is_name_char(host[end])) ++end;
    if (end == 0) return false;
  }
  const std::string_view rest = host.substr(end);
  return rest.empty() || (rest.front() == ':' && is_port(rest.substr(1)));
}

std::optional<ParseError> parse_target(std::string_view target, RequestHead& head) {
  if (head.method == "CONNECT") return ParseError{501, "CONNECT is not served."};
  if (target == "*") {
    if (head.method != "OPTIONS") return ParseError{400, "Only OPTIONS may ask for *."};
    head.path.assign(target);
    return std::nullopt;
  }
  if (target.starts_with('/')) return parse_origin_form(target, head);
  return parse_absolute_form(target, head);
}

}  // namespace doorward::wire
