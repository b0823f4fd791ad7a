#include "wire/cookie.hpp"

#include "wire/http/text.hpp"

#include <algorithm>

namespace doorward::wire {
namespace {

constexpr std::string_view kHostPrefix = "__Host-";

// Calls `see` with each pair until it answers false.
template <class See>
void each_cookie(std::string_view field, See see) {
  for (std::size_t seen = 0; seen < kMaxCookies && !field.empty(); ++seen) {
    const auto end = std::min(field.find(';'), field.size());
    const std::string_view pair = field.substr(0, end);
    field.remove_prefix(std::min(end + 1, field.size()));
    const auto equals = pair.find('=');
    if (equals == std::string_view::npos) continue;
    const CookieView cookie{trim(pair.substr(0, equals)), trim(pair.substr(equals + 1))};
    if (!cookie.name.empty() && !see(cookie)) return;
  }
}

bool is_name_char(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte > 0x20 && byte < 0x7f &&
         std::string_view("()<>@,;:\\\"/[]?={}").find(c) == std::string_view::npos;
}

bool is_value_char(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte > 0x20 && byte < 0x7f && c != '"' && c != ',' && c != ';' && c != '\\';
}

bool is_path_char(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x20 && byte < 0x7f && c != ';';
}

const char* name_of(SameSite same_site) {
  switch (same_site) {
    case SameSite::strict: return "Strict";
    case SameSite::none: return "None";
    case SameSite::lax: break;
  }
  return "Lax";
}

bool valid(const SetCookie& cookie) {
  const auto all = [](std::string_view text, auto is) {
    return std::all_of(text.begin(), text.end(), is);
  };
  if (cookie.name.empty() || !all(cookie.name, is_name_char)) return false;
  if (!all(cookie.value, is_value_char)) return false;
  if (!cookie.path.starts_with('/') || !all(cookie.path, is_path_char)) return false;
  if (cookie.same_site == SameSite::none && !cookie.secure) return false;
  return !cookie.name.starts_with(kHostPrefix) || (cookie.secure && cookie.path == "/");
}

}  // namespace

std::vector<CookieView> parse_cookies(std::string_view field) {
  std::vector<CookieView> cookies;
  each_cookie(field, [&](const CookieView& cookie) {
    cookies.push_back(cookie);
    return true;
  });
  return cookies;
}

std::optional<std::string_view> find_cookie(std::string_view field, std::string_view name) {
  std::optional<std::string_view> found;
  each_cookie(field, [&](const CookieView& cookie) {
    if (cookie.name == name) found = cookie.value;
    return !found;
  });
  return found;
}

std::string cookie_name(std::string_view name, bool secure) {
  return (secure ? std::string(kHostPrefix) : std::string()).append(name);
}

std::string_view plain_cookie_name(std::string_view name) {
  return name.starts_with(kHostPrefix) ? name.substr(kHostPrefix.size()) : name;
}

Result<std::string> build_set_cookie(const SetCookie& cookie) {
  if (!valid(cookie)) return error(Errc::invalid, "a cookie's name, value or path is not allowed");
  std::string out = cookie.name + "=" + cookie.value + "; Path=" + cookie.path;
  if (cookie.max_age)
    out += "; Max-Age=" + std::to_string(std::max<std::int64_t>(0, cookie.max_age->count()));
  if (cookie.secure) out += "; Secure";
  if (cookie.http_only) out += "; HttpOnly";
  return out += std::string("; SameSite=") + name_of(cookie.same_site);
}

}  // namespace doorward::wire
