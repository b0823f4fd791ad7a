#include "gateway/proxying/failure_answer.hpp"

#include "edge/problem_response.hpp"
#include "gateway/pages.hpp"
#include "gateway/waiting_page/assets.hpp"
#include "gateway/waiting_page/words.hpp"
#include "wire/html/template.hpp"

#include <fmt/format.h>

#include <array>
#include <functional>

namespace doorward::gateway::proxying {
namespace {

constexpr std::array<std::string_view, 5> kNames{"lang", "refresh", "title", "style", "lead"};
constexpr unsigned kSoonest_s = 10;
constexpr unsigned kSpread_s = 6;

struct FailurePage {
  Languages languages;
  wire::html::Template page = wire::html::Template::parse(asset("trouble.html"), kNames).value();
  std::string security_policy =
      "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; "
      "img-src data:; style-src " +
      sha256_source(asset("page.css"));
};

const FailurePage& failure_page() {
  static const FailurePage page;
  return page;
}

std::string html_of(const Context& context, const Words& words) {
  const std::string& method = context.exchange.request().method;
  const bool asks_again = method == "GET" || method == "HEAD";
  const auto again_s = kSoonest_s + std::hash<std::string>()(context.request_id) % kSpread_s;
  return failure_page().page.render([&](std::string_view name) -> std::string {
    if (name == "lang") return words.language();
    if (name == "style") return std::string(asset("page.css"));
    if (name == "title") return words["away_title"];
    if (name == "lead") return words[asks_again ? "away" : "away_post"];
    if (!asks_again) return "";
    return fmt::format(R"(<meta http-equiv="refresh" content="{}">)", again_s);
  });
}

}  // namespace

edge::Response failure_answer(const Context& context, const wire::Problem& problem) {
  const wire::RequestHead& head = context.exchange.request();
  if (context.dress != nullptr || !wants_page(head)) return edge::problem_response(problem);
  const Words& words =
      failure_page().languages.choose(head.fields.find("Accept-Language").value_or(""));
  edge::Response response;
  response.head.status = problem.status();
  wire::Fields& fields = response.head.fields;
  fields.append("Content-Type", "text/html; charset=utf-8");
  fields.append("Content-Language", words.language());
  fields.append("Content-Security-Policy", failure_page().security_policy);
  fields.append("Cache-Control", "no-store");
  fields.append("Vary", "Accept-Language, Accept");
  fields.append("X-Content-Type-Options", "nosniff");
  fields.append("Referrer-Policy", "same-origin");
  response.body = html_of(context, words);
  return response;
}

}  // namespace doorward::gateway::proxying
