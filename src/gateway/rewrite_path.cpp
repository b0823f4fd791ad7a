#include "gateway/rewrite_path.hpp"

#include "core/route/path.hpp"
#include "gateway/problems.hpp"
#include "wire/http/text.hpp"

#include <algorithm>

namespace doorward::gateway {
namespace {

// What is left of `path` without `prefix`; absent where servers could see something else left.
std::optional<std::string> without_prefix(const std::string& path, const std::string& prefix) {
  if (path.size() < prefix.size() ||
      !wire::equal_ignoring_case(std::string_view(path).substr(0, prefix.size()), prefix))
    return std::nullopt;
  std::string rest = path.substr(prefix.size());
  if (rest.empty()) rest = "/";
  if (rest.front() != '/') return std::nullopt;
  for (const route::Reading& reading : route::readings_of(path)) {
    const auto whole = route::read_path(path, reading);
    const auto cut = route::read_path(prefix, {});
    const auto left = route::read_path(rest, reading);
    if (!whole || !cut || !left || *whole != *cut + *left) return std::nullopt;
  }
  return rest;
}

}  // namespace

std::optional<Verdict> RewritePath::run_now(Context& context) {
  const std::string& prefix = context.route->strip_prefix;
  if (prefix.empty()) return Verdict::pass;
  std::string& path = context.exchange.request().path;
  auto rest = without_prefix(path, prefix);
  if (rest) {
    path = *std::move(rest);
    return Verdict::pass;
  }
  context.reply = answer(problems::kNoEndpoint, "Write the address without detours.");
  return Verdict::answered;
}

edge::Task<Verdict> RewritePath::run(Context& context) { co_return *run_now(context); }

std::string RewritePath::explain(const route::Route& route) const {
  return route.strip_prefix.empty() ? "" : "without \"" + route.strip_prefix + "\"";
}

}  // namespace doorward::gateway
