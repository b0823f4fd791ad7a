#include "api/compat/rate_limiter/rate_limiter.hpp"

#include "api/compat/rate_limiter/calls.hpp"

#include <optional>
#include <string>

namespace doorward::api::rate_limiter {
namespace {

using Handler = edge::Task<Answer> (*)(Desk&, Call&, std::string_view rest);

struct Row {
  std::string_view method;
  std::string_view path;  // with a slash at its end: and what follows
  Handler handler;
};
constexpr Row kRows[] = {
    {"GET", "/", root},
    {"GET", "/health", health},
    {"GET", "/api/data", data},
    {"POST", "/api/submit", submit},
    {"GET", "/admin/configs", list_configs},
    {"POST", "/admin/configs", add_config},
    {"PUT", "/admin/configs/", change_config},
    {"DELETE", "/admin/configs/", remove_config},
    {"GET", "/admin/stats", all_stats},
    {"GET", "/admin/stats/", stats_of_client},
    {"GET", "/events/", event_stream},
    {"GET", "/ws/", socket},
};

bool matches(const Row& row, std::string_view path) {
  if (row.path.size() < 2 || !row.path.ends_with('/')) return path == row.path;
  return path.size() > row.path.size() && path.starts_with(row.path);
}

int digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

// Absent: an escape is broken.
std::optional<std::string> unescaped(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      plain += text[i];
      continue;
    }
    const int high = i + 2 < text.size() ? digit(text[i + 1]) : -1;
    const int low = high < 0 ? -1 : digit(text[i + 2]);
    if (low < 0) return std::nullopt;
    plain += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return plain;
}

edge::Response wrong_method(const wire::RequestHead& head, const std::string& allow) {
  edge::Response response =
      head.method == "OPTIONS" ? no_content() : detail(405, "Method Not Allowed");
  response.head.fields.append("Allow", allow);
  return response;
}

}  // namespace

bool owns(std::string_view path) {
  for (const Row& row : kRows)
    if (matches(row, path)) return true;
  return false;
}

edge::Task<Answer> serve(Desk& desk, Call& call) {
  const wire::RequestHead& head = call.head();
  const std::string_view method = head.method == "HEAD" ? "GET" : std::string_view(head.method);
  std::string allow;
  for (const Row& row : kRows) {
    if (!matches(row, head.path)) continue;
    if (row.method == method) {
      const auto rest = unescaped(std::string_view(head.path).substr(row.path.size()));
      if (!rest) co_return detail(400, "The address has a broken escape");
      co_return co_await row.handler(desk, call, *rest);
    }
    if (!allow.empty()) allow += ", ";
    allow += row.method == "GET" ? "GET, HEAD" : row.method;
  }
  co_return wrong_method(head, allow);
}

}  // namespace doorward::api::rate_limiter
