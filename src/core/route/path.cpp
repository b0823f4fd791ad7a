#include "core/route/path.hpp"

#include <array>

namespace doorward::route {
namespace {

constexpr std::string_view kReserved = "/.doorward";

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte == 0x7f;
}

// The byte that the escape at `at` stands for, or -1.
int unescape(std::string_view path, std::size_t at) {
  if (at + 2 >= path.size()) return -1;
  const int high = hex_value(path[at + 1]);
  const int low = hex_value(path[at + 2]);
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

// Appends a byte that was escaped (or a backslash). Those that could divide a path keep their
// escape, so that they are never taken for the real thing.
void append_escaped(std::string& out, char c, Reading reading) {
  switch (c) {
    case '/': out += reading.wide_slashes ? "/" : "%2f"; break;
    case '\\': out += reading.wide_slashes ? "/" : "%5c"; break;
    case ';': out += "%3b"; break;
    case '%': out += "%25"; break;
    default: out += lower(c);
  }
}

bool divides(char c, Reading reading) { return c == '/' || (reading.wide_slashes && c == '\\'); }

// Where the parameters that begin at `at` end: at what divides segments. A server that finds them
// by an escaped ';' resolved all escapes before, so that an escaped slash divides there too.
std::size_t end_of_params(std::string_view path, std::size_t at, bool escaped, Reading reading) {
  for (; at < path.size(); ++at) {
    if (divides(path[at], reading)) break;
    if (!escaped || !reading.wide_slashes || path[at] != '%') continue;
    const int byte = unescape(path, at);
    if (byte >= 0 && divides(static_cast<char>(byte), reading)) break;
  }
  return at;
}

// Escapes resolved and letter case removed; segments still as they came.
std::optional<std::string> flatten(std::string_view path, Reading reading) {
  std::string out;
  out.reserve(path.size());
  for (std::size_t i = 0; i < path.size(); ++i) {
    const char c = path[i];
    if (is_control(c) || c == '#') return std::nullopt;
    if (c == '%') {
      const int byte = unescape(path, i);
      if (byte < 0 || is_control(static_cast<char>(byte))) return std::nullopt;
      i += 2;
      if (byte == ';' && reading.drop_params)
        i = end_of_params(path, i + 1, true, reading) - 1;
      else
        append_escaped(out, static_cast<char>(byte), reading);
    } else if (c == '\\') {
      append_escaped(out, c, reading);
    } else if (c == ';' && reading.drop_params) {
      i = end_of_params(path, i + 1, false, reading) - 1;
    } else {
      out += lower(c);
    }
  }
  return out;
}

bool is_end(char c) { return c == '.' || c == ' '; }

// "..%20" and "..." are ".." to some.
std::string_view without_ends(std::string_view segment) {
  std::string_view rest = segment;
  while (!rest.empty() && is_end(rest.back())) rest.remove_suffix(1);
  return rest.empty() && segment.starts_with("..") ? segment.substr(0, 2) : rest;
}

// What a server sees that resolves escapes a second time. What divides keeps its escape for that
// time, and so does a '%' that would begin none.
std::string resolve_once(std::string_view path) {
  std::string once;
  for (std::size_t i = 0; i < path.size(); ++i) {
    const int byte = path[i] == '%' ? unescape(path, i) : -1;
    const char c = byte < 0 ? path[i] : static_cast<char>(byte);
    const bool keeps = is_control(c) || std::string_view("/\\;#").find(c) != std::string_view::npos;
    if (byte >= 0 && keeps) {
      once += path.substr(i, 3);
    } else {
      once += c;
    }
    if (byte >= 0) i += 2;
  }
  std::string sound;
  for (std::size_t i = 0; i < once.size(); ++i) {
    sound += once[i];
    if (once[i] != '%') continue;
    const int byte = unescape(once, i);
    if (byte < 0 || is_control(static_cast<char>(byte))) sound += "25";
  }
  return sound;
}

// From the plainest on: each doubt doubles those before it.
constexpr std::array<Reading, 16> all_readings() {
  std::array<Reading, 16> all{};
  for (unsigned i = 0; i < all.size(); ++i)
    all[i] = {(i & 1) != 0, (i & 2) != 0, (i & 4) != 0, (i & 8) != 0};
  return all;
}

}  // namespace

std::span<const Reading> readings_of(std::string_view path) {
  static constexpr std::array<Reading, 16> kAll = all_readings();
  if (path.find("%25") != std::string_view::npos) return kAll;
  bool slashes = false;
  bool params = false;
  bool ends = false;
  char last = '/';
  for (std::size_t i = 0; i < path.size(); ++i) {
    char c = path[i];
    if (const int byte = c == '%' ? unescape(path, i) : -1; byte >= 0) {
      c = static_cast<char>(byte);
      i += 2;
      slashes = slashes || c == '/';
    }
    slashes = slashes || c == '\\';
    params = params || c == ';';
    ends = ends || (is_end(last) && (c == '/' || c == '\\' || c == ';'));
    last = c;
  }
  if (ends || is_end(last)) return std::span(kAll).first(8);
  if (params) return std::span(kAll).first(4);
  return std::span(kAll).first(slashes ? 2 : 1);
}

std::optional<std::string> read_path(std::string_view path, Reading reading) {
  if (path.empty() || path.front() != '/') return std::nullopt;
  const auto flat = reading.twice ? flatten(resolve_once(path), reading) : flatten(path, reading);
  if (!flat) return std::nullopt;
  std::string out;
  out.reserve(flat->size());
  std::size_t at = 0;
  while (at < flat->size()) {
    const std::size_t end = std::min(flat->find('/', at), flat->size());
    std::string_view segment = std::string_view(*flat).substr(at, end - at);
    at = end + 1;
    if (reading.trim_ends) segment = without_ends(segment);
    if (segment == "..") {
      out.resize(out.empty() ? 0 : out.rfind('/'));
    } else if (!segment.empty() && segment != ".") {
      (out += '/') += segment;
    }
  }
  return out;
}

bool is_read(std::string_view path) {
  if (path.size() < 2 || path.front() != '/' || path.back() == '/') return false;
  char last = 'x';
  for (const char c : path) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    if (!letter && (c != '/' || last == '/')) return false;
    last = c;
  }
  return true;
}

bool is_reserved(std::string_view read) {
  return read.starts_with(kReserved) &&
         (read.size() == kReserved.size() || read[kReserved.size()] == '/');
}

Host read_host(std::string_view authority) {
  Host host;
  std::size_t name_end = authority.size();
  const std::size_t bracket = authority.rfind(']');
  const std::size_t colon = authority.rfind(':');
  if (colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket)) {
    name_end = colon;
    host.port = authority.substr(colon + 1);
  }
  if (name_end > 0 && authority[name_end - 1] == '.') --name_end;
  host.name.reserve(name_end);
  for (char c : authority.substr(0, name_end)) host.name += lower(c);
  return host;
}

}  // namespace doorward::route
