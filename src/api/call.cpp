#include "api/call.hpp"

#include "gateway/origin.hpp"
#include "wire/clip.hpp"
#include "wire/json_strict.hpp"
#include "wire/json_text.hpp"

#include <fmt/format.h>
#include <boost/json.hpp>

#include <algorithm>

namespace doorward::api {
namespace {

namespace json = boost::json;
namespace problems = gateway::problems;

bool is_json(const wire::RequestHead& head) {
  const auto field = head.fields.find("Content-Type");
  if (!field) return false;
  std::string_view type = field->substr(0, field->find(';'));
  while (type.ends_with(' ')) type.remove_suffix(1);
  return wire::equal_ignoring_case(type, "application/json") ||
         wire::equal_ignoring_case(type, "application/merge-patch+json");
}

std::optional<gateway::Refusal> refuse_unknown(const json::object& object,
                                               std::span<const std::string_view> known) {
  if (known.empty()) return std::nullopt;
  for (const auto& member : object) {
    if (std::find(known.begin(), known.end(), member.key()) != known.end()) continue;
    return gateway::problem(problems::kInvalid,
                            fmt::format("\"{}\" is not a known member; known are: {}",
                                        wire::clip(member.key(), 60), fmt::join(known, ", ")));
  }
  return std::nullopt;
}

// As the edge itself says it of a body that nobody asked for.
gateway::Refusal unread(const Error& problem, std::size_t most) {
  if (problem.code == Errc::too_large)
    return gateway::problem(problems::kTooLarge, fmt::format("A body is at most {} bytes.", most));
  gateway::Refusal made;
  static_cast<wire::Problem&>(made) =
      problem.code == Errc::timed_out ? wire::Problem(408, "The request did not arrive in time.")
                                      : wire::Problem(400, problem.what);
  return made;
}

bool is_loopback(const boost::asio::ip::address& address) {
  if (address.is_v6() && address.to_v6().is_v4_mapped())
    return boost::asio::ip::make_address_v4(boost::asio::ip::v4_mapped, address.to_v6())
        .is_loopback();
  return address.is_loopback();
}

// The name under which the page was loaded: a name that another site's DNS points here is not ours.
bool is_loopback_name(std::string_view host) {
  if (host.starts_with("[::1]")) return host.size() == 5 || host[5] == ':';
  const std::string_view name = host.substr(0, host.rfind(':'));
  if (wire::equal_ignoring_case(name, "localhost")) return true;
  boost::system::error_code problem;
  const auto address = boost::asio::ip::make_address_v4(name, problem);
  return !problem && address.is_loopback();
}

bool is_open(const Desk& desk, const Call& call) {
  return desk.options.open_on_loopback && is_loopback(call.exchange.peer().address) &&
         !call.client.forwarded && is_loopback_name(call.client.host);
}

std::optional<edge::Response> refuse_cookie(const Desk& desk, const Call& call) {
  const std::string_view method = call.head().method;
  if (method == "GET" || method == "HEAD") return std::nullopt;
  const auto session = session_of(desk, call);
  const auto csrf = call.head().fields.find("X-CSRF-Token");
  if (session && csrf && admin::same_secret(*csrf, session->csrf)) return std::nullopt;
  return gateway::answer(problems::kNoCsrf,
                         "Send X-CSRF-Token with the csrf of GET /v1/admin/session.");
}

bool may_come_here(const Desk& desk, const Call& call) {
  if (call.exchange.peer().admin_listener) return true;
  const auto& on_main = desk.options.admin_on_main;
  return on_main && on_main() && !call.client.forwarded;
}

}  // namespace

edge::Response json_answer(unsigned status, std::string body) {
  edge::Response response;
  response.head.status = status;
  response.head.fields.append("Content-Type", "application/json");
  response.head.fields.append("Cache-Control", "no-store");
  response.body = std::move(body);
  return response;
}

edge::Response json_answer(unsigned status, const json::object& body) {
  return json_answer(status, wire::json_text(body));
}

edge::Response no_content() {
  edge::Response response;
  response.head.status = 204;
  response.head.fields.append("Cache-Control", "no-store");
  return response;
}

bool asks_for_websocket(const wire::RequestHead& head) {
  return head.fields.lists("Upgrade", "websocket") && head.fields.contains("Sec-WebSocket-Key");
}

std::string names_of(const json::object& body) {
  constexpr int kMost = 16;
  std::string names;
  int count = 0;
  for (const auto& member : body) {
    if (++count > kMost) break;
    names.append(names.empty() ? "" : ",").append(member.key());
  }
  return names;
}

void remember_body(Call& call, std::string_view text) {
  if (call.head().fields.contains("Idempotency-Key")) call.body = text;
}

edge::Task<Body> read_body(Call& call, std::span<const std::string_view> known, std::size_t most) {
  if (!call.exchange.has_body()) co_return json::object{};
  const auto text = co_await call.exchange.read_whole_body(most);
  if (text.has_error()) co_return unread(text.error(), most);
  remember_body(call, *text);
  if (text->empty()) co_return json::object{};
  if (!is_json(call.head()))
    co_return gateway::problem(problems::kNotJson, "Send Content-Type: application/json.");
  auto value = wire::parse_json_strict(*text);
  if (value.has_error()) co_return gateway::problem(problems::kMalformed, value.error().what);
  if (!value->is_object())
    co_return gateway::problem(problems::kMalformed, "The body must be a JSON object.");
  if (auto refused = refuse_unknown(value->get_object(), known)) co_return std::move(*refused);
  call.fields = names_of(value->get_object());
  co_return std::move(value->get_object());
}

std::string text_member(const json::object& body, std::string_view name,
                        std::optional<gateway::Refusal>& problem) {
  const json::value* value = body.if_contains(name);
  if (value == nullptr || value->is_null()) return {};
  if (value->is_string()) return std::string(value->get_string());
  problem = gateway::problem(problems::kInvalid, fmt::format("{}: expected text", name));
  return {};
}

bool has_admin_token(const Desk& desk, const Call& call) {
  const auto token = gateway::bearer_token(call.head());
  const std::string& wanted = desk.options.admin_token;
  return token && !wanted.empty() && admin::same_secret(*token, wanted);
}

bool is_admin(const Desk& desk, const Call& call) {
  return may_come_here(desk, call) && has_admin_token(desk, call);
}

edge::Response too_many_tries(Millis wait) {
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(wait).count();
  edge::Response answer =
      gateway::answer(problems::kTooManyTries, fmt::format("Try again in {} s.", seconds));
  answer.head.fields.append("Retry-After", fmt::format("{}", seconds));
  return answer;
}

std::optional<admin::SessionTable::Session> session_of(const Desk& desk, const Call& call) {
  const auto id = gateway::cookie(call.head(), gateway::kAdminCookie);
  if (!id) return std::nullopt;
  return desk.sessions.find(*id, desk.places.services().clock.steady_now());
}

std::optional<edge::Response> refuse_elsewhere(const Desk& desk, const Call& call) {
  if (may_come_here(desk, call)) return std::nullopt;
  return gateway::answer(problems::kAdminElsewhere,
                         "Admin calls are taken on the admin listener only (admin.listen).");
}

std::optional<edge::Response> refuse_admin(const Desk& desk, const Call& call) {
  if (auto refused = refuse_elsewhere(desk, call)) return refused;
  const bool named = gateway::bearer_token(call.head()).has_value();
  if (named) {
    // Counted apart from the tries to sign in, so that a program with an old token locks no browser
    // out. While there are too many the right one is not told from the others.
    const Millis now = desk.places.services().clock.steady_now();
    const std::string guesser = "bearer " + call.client.key;
    const auto wait = desk.sessions.must_wait(guesser, now, admin::SessionTable::kMaxWrongBearers);
    if (wait) return too_many_tries(*wait);
    if (has_admin_token(desk, call)) return std::nullopt;
    desk.sessions.failed(guesser, now);
  }
  const bool has_session = session_of(desk, call).has_value();
  if (named || (!has_session && !is_open(desk, call)))
    return gateway::answer(problems::kAdminOnly,
                           named ? "That is not the admin token."
                                 : "Send Authorization: Bearer with the admin token.");
  if (!gateway::is_same_origin(call.head(), call.client))
    return gateway::answer(problems::kWrongOrigin, "This must be asked by a page of this site.");
  return has_session ? refuse_cookie(desk, call) : std::nullopt;
}

std::optional<edge::Response> refuse_watcher(const Desk& desk, const Call& call) {
  const bool is_elsewhere = refuse_elsewhere(desk, call).has_value();
  if (!is_elsewhere && is_open(desk, call) && call.client.allowed_origin) return std::nullopt;
  return refuse_admin(desk, call);
}

std::optional<edge::Response> refuse_manager(const Desk& desk, const Call& call) {
  if (call.by_key && !call.tenant.empty()) return std::nullopt;
  return refuse_admin(desk, call);
}

std::optional<edge::Response> refuse_wrong_key(const Call& call) {
  if (call.by_key || !call.head().fields.contains("X-API-Key")) return std::nullopt;
  return gateway::answer(problems::kBackendOnly, "The API key is not known.");
}

std::optional<edge::Response> refuse_stranger(const Desk& desk, const Call& call) {
  if (call.by_key) return std::nullopt;
  const bool may_be_admin = gateway::bearer_token(call.head()) || session_of(desk, call);
  if (auto refused = refuse_wrong_key(call)) return refused;
  if (!may_be_admin && !is_open(desk, call))
    return gateway::answer(problems::kBackendOnly, "Send X-API-Key, or the admin token.");
  return refuse_admin(desk, call);
}

}  // namespace doorward::api
