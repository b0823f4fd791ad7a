#include "api/admin/admin.hpp"
#include "api/admin/probe_exchange.hpp"
#include "wire/http/target.hpp"
#include "wire/http/text.hpp"
#include "wire/utf8.hpp"

#include <fmt/format.h>
#include <boost/json.hpp>

#include <algorithm>
#include <array>

namespace doorward::api::admin {
namespace {

namespace json = boost::json;
namespace problems = gateway::problems;

constexpr std::array<std::string_view, 4> kMembers{"method", "path", "headers", "body"};
constexpr std::size_t kMaxHeaders = 32;

bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), wire::is_token_char);
}

// What the connection decides, and not the request.
bool is_of_connection(std::string_view name) {
  constexpr std::array<std::string_view, 6> kNames{
      "connection", "content-length", "upgrade", "expect", "te", "transfer-encoding"};
  return std::any_of(kNames.begin(), kNames.end(),
                     [name](std::string_view other) { return wire::equal_to_cgi(name, other); });
}

std::string read_headers(const json::object& body, wire::RequestHead& head) {
  const json::value* headers = body.if_contains("headers");
  if (headers == nullptr) return {};
  if (!headers->is_object() || headers->get_object().size() > kMaxHeaders)
    return fmt::format("headers: expected an object of at most {} texts", kMaxHeaders);
  for (const auto& [name, value] : headers->get_object()) {
    const std::string_view text = value.is_string() ? value.get_string() : std::string_view("\n");
    const bool plain = std::all_of(text.begin(), text.end(), wire::is_value_char);
    if (!is_token(name) || !plain || is_of_connection(name))
      return fmt::format("headers.{}: this header cannot be sent so", name);
    if (wire::equal_ignoring_case(name, "Host") && !wire::is_host(text))
      return "headers.Host: expected a name or an address";
    head.fields.set(name, text);
  }
  return {};
}

gateway::Sought<wire::RequestHead> head_of(const Call& call, const json::object& body) {
  std::optional<gateway::Refusal> problem;
  wire::RequestHead head;
  head.method = text_member(body, "method", problem);
  const std::string path = text_member(body, "path", problem);
  if (problem) return *problem;
  if (head.method.empty()) head.method = "GET";
  if (!is_token(head.method) || head.method == "CONNECT")
    return gateway::problem(problems::kInvalid, "method: expected such as GET");
  head.scheme = "http";
  if (!path.starts_with('/') || wire::parse_target(path, head))
    return gateway::problem(problems::kInvalid, "path: expected such as /api/data?page=1");
  if (const std::string fault = read_headers(body, head); !fault.empty())
    return gateway::problem(problems::kInvalid, fault);
  if (!head.fields.contains("Host")) head.fields.append("Host", call.client.host);
  head.authority = *head.fields.find("Host");
  return head;
}

// What is text of it, to its last whole letter.
std::string shown(std::string body) {
  wire::Utf8Check check;
  if (!check.feed(body)) return {};
  while (!check.complete()) {
    body.pop_back();
    check.reset();
    check.feed(body);
  }
  return body;
}

json::object answer_json(const ProbeExchange& exchange) {
  json::array headers;
  const wire::Fields& fields = exchange.answer().fields;
  for (std::size_t i = 0; i < fields.size(); ++i)
    headers.push_back(json::array{fields[i].name, fields[i].value});
  const std::string body = shown(exchange.answer_body());
  return {{"status", exchange.answer().status},
          {"headers", std::move(headers)},
          {"body", body},
          {"cut", exchange.cut() || body.size() < exchange.answer_body().size()}};
}

}  // namespace

edge::Task<Answer> probe(Desk& desk, Call& call) {
  if (auto refused = refuse_admin(desk, call)) co_return std::move(*refused);
  const Body body = co_await read_body(call, kMembers);
  if (body.has_error()) co_return gateway::answer(body.error());
  Retry retry(desk, call);
  if (retry.answer) co_return std::move(retry.answer);
  auto head = head_of(call, *body);
  if (head.has_error()) co_return gateway::answer(head.error());
  std::optional<gateway::Refusal> problem;
  std::string sent = text_member(*body, "body", problem);
  if (problem) co_return gateway::answer(*problem);
  ProbeExchange exchange(std::move(*head), std::move(sent), call.exchange.peer());
  co_await edge::complete(desk.options.visitors(exchange));
  if (!exchange.answered())
    co_return gateway::answer(problems::kInvalid, "That is a stream, which a probe cannot take.");
  co_return retry.kept(json_answer(200, answer_json(exchange)));
}

}  // namespace doorward::api::admin
