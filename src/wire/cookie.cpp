#include "wire/cookie.hpp"

#include "base/append.hpp"
#include "wire/http/text.hpp"

#include <algorithm>
#include <array>

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

constexpr bool is_name_char(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte > 0x20 && byte < 0x7f &&
         std::string_view("()<>@,;:\\\"/[]?={}").find(c) == std::string_view::npos;
}

constexpr bool is_value_char(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte > 0x20 && byte < 0x7f && c != '"' && c != ',' && c != ';' && c != '\\';
}

constexpr bool is_path_char(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x20 && byte < 0x7f && c != ';';
}

using Letters = std::array<bool, 256>;

constexpr Letters letters_that(bool (*are)(char)) {
  Letters letters{};
  for (std::size_t i = 0; i < letters.size(); ++i) letters[i] = are(static_cast<char>(i));
  return letters;
}

constexpr Letters kNameLetters = letters_that(is_name_char);
constexpr Letters kValueLetters = letters_that(is_value_char);
constexpr Letters kPathLetters = letters_that(is_path_char);

bool is_all(const Letters& letters, std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [&](char c) { return letters[static_cast<unsigned char>(c)]; });
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
  if (cookie.name.empty() || !is_all(kNameLetters, cookie.name)) return false;
  if (!is_all(kValueLetters, cookie.value)) return false;
  if (!cookie.path.starts_with('/') || !is_all(kPathLetters, cookie.path)) return false;
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
  constexpr std::size_t kAttributes = 100;
  std::string out;
  out.reserve(cookie.name.size() + cookie.value.size() + cookie.path.size() + kAttributes);
  append(out, cookie.name, '=', cookie.value, "; Path=", cookie.path);
  if (cookie.max_age) append(out, "; Max-Age=", std::max<std::int64_t>(0, cookie.max_age->count()));
  if (cookie.secure) out += "; Secure";
  if (cookie.http_only) out += "; HttpOnly";
  append(out, "; SameSite=", name_of(cookie.same_site));
  return out;
}

}  // namespace doorward::wire
