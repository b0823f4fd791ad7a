// Cookies: the request's `Cookie` field read as browsers send it, and `Set-Cookie` built.
//
// Why:     a Cookie field holds other people's cookies too, so reading never fails: what cannot be
//          a pair is passed over.
// Bounds:  at most kMaxCookies pairs of a field are looked at.
// Threads: pure functions. Views point into the input.
// Errors:  building: invalid, where a name, a value or a path would break out of the field.
// Spec:    draft-ietf-httpbis-rfc6265bis sections 4.1, 4.2 and 5.6.
#pragma once

#include "base/result.hpp"

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace doorward::wire {

constexpr std::size_t kMaxCookies = 150;

struct CookieView {
  std::string_view name;
  std::string_view value;  // as sent, quotes included
  friend bool operator==(const CookieView&, const CookieView&) = default;
};

std::vector<CookieView> parse_cookies(std::string_view field);
// The first of that name. Names are case-sensitive.
std::optional<std::string_view> find_cookie(std::string_view field, std::string_view name);

enum class SameSite { lax, strict, none };

struct SetCookie {
  std::string name;        // see cookie_name
  std::string_view value;  // outlives the call that builds it
  std::string path = "/";
  std::optional<std::chrono::seconds> max_age = {};  // absent: until the browser ends; 0 deletes
  bool secure = false;
  bool http_only = true;
  SameSite same_site = SameSite::lax;
};

// "__Host-name" under TLS (a browser then takes it only from this host, with Path=/ and Secure),
// else `name`.
std::string cookie_name(std::string_view name, bool secure);

// `name` without the prefix, if it has it.
std::string_view plain_cookie_name(std::string_view name);

Result<std::string> build_set_cookie(const SetCookie& cookie);

}  // namespace doorward::wire
