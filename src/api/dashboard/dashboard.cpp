#include "api/dashboard/dashboard.hpp"

#include "embedded/dashboard.hpp"

#include <fmt/format.h>

#include <array>

namespace doorward::api {
namespace {

namespace problems = gateway::problems;

constexpr std::string_view kBase = "/.doorward/dashboard";

// Scripts, styles, fonts and calls of this very origin, and nothing else. The names of the parts
// carry their hash.
constexpr const char* kPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'";

struct Type {
  std::string_view ending;
  const char* type;
};
constexpr Type kTypes[] = {{".js", "text/javascript; charset=utf-8"},
                           {".css", "text/css; charset=utf-8"},
                           {".html", "text/html; charset=utf-8"},
                           {".woff2", "font/woff2"},
                           {".svg", "image/svg+xml"},
                           {".txt", "text/plain; charset=utf-8"}};

const char* type_of(std::string_view file) {
  for (const Type& type : kTypes)
    if (file.ends_with(type.ending)) return type.type;
  return "application/octet-stream";
}

// "assets/x.js" of "/.doorward/dashboard/assets/x.js"; the page itself else.
std::string_view file_of(std::string_view path) {
  if (!path.starts_with(kBase) || path.size() <= kBase.size() + 1) return "index.html";
  return path.substr(kBase.size() + 1);
}

edge::Response file_answer(std::string_view file, std::string_view bytes) {
  edge::Response answer;
  answer.head.status = 200;
  wire::Fields& fields = answer.head.fields;
  fields.append("Content-Type", type_of(file));
  fields.append("Cache-Control",
                file.starts_with("assets/") ? "public, max-age=31536000, immutable" : "no-cache");
  fields.append("Content-Security-Policy", kPolicy);
  fields.append("X-Content-Type-Options", "nosniff");
  fields.append("Referrer-Policy", "same-origin");
  fields.append("Cross-Origin-Opener-Policy", "same-origin");
  fields.append("Cross-Origin-Resource-Policy", "same-origin");
  answer.body = bytes;
  return answer;
}

}  // namespace

bool is_dashboard(std::string_view path) {
  return path == kDashboardPath || path == kBase ||
         (path.starts_with(kBase) && path[kBase.size()] == '/');
}

edge::Response dashboard(const Desk& desk, const Call& call) {
  if (auto refused = refuse_elsewhere(desk, call)) return std::move(*refused);
  const wire::RequestHead& head = call.head();
  if (head.method != "GET" && head.method != "HEAD") {
    edge::Response answer =
        gateway::answer(problems::kNoMethod, fmt::format("{} is not allowed here.", head.method));
    answer.head.fields.append("Allow", "GET, HEAD");
    return answer;
  }
  const std::string_view file = file_of(head.path);
  if (const auto bytes = embedded::dashboard(file)) return file_answer(file, *bytes);
  return gateway::answer(problems::kNoEndpoint, "The dashboard has no such file.");
}

}  // namespace doorward::api
