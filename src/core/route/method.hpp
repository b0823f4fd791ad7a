// Whether a request's method is one of those that a route or a rule lists.
//
// Why:     methods differ by letter case (RFC 9110 section 9.1), but servers exist that take "post"
//          for "POST"; a gate or a limit on POST must hold for both. HEAD counts as GET.
// Threads: pure functions.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace doorward::route {

inline bool same_method(std::string_view a, std::string_view b) {
  const auto upper = [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [&](char x, char y) { return upper(x) == upper(y); });
}

// None listed: any.
inline bool method_matches(const std::vector<std::string>& listed, std::string_view method) {
  if (listed.empty()) return true;
  return std::any_of(listed.begin(), listed.end(), [&](std::string_view one) {
    return same_method(one, method) || (same_method(one, "GET") && same_method(method, "HEAD"));
  });
}

}  // namespace doorward::route
