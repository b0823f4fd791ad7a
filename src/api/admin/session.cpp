#include "api/admin/admin.hpp"
#include "api/admin/session_table.hpp"
#include "gateway/origin.hpp"
#include "wire/cookie.hpp"

#include <boost/json.hpp>

#include <array>

namespace doorward::api::admin {
namespace {

namespace json = boost::json;
namespace problems = gateway::problems;

// No route can take this path, so that no backend is ever sent the cookie.
constexpr std::string_view kCookiePath = "/.doorward/";

void set_cookie(edge::Response& answer, std::string_view id, bool secure) {
  wire::SetCookie made;
  made.name = gateway::kAdminCookie;
  made.value = id;
  made.path = kCookiePath;
  if (id.empty()) made.max_age = std::chrono::seconds{0};
  made.secure = secure;
  made.same_site = wire::SameSite::strict;
  if (const auto text = wire::build_set_cookie(made))
    answer.head.fields.append("Set-Cookie", *text);
}

const char* listener_of(const Call& call) {
  return call.exchange.peer().admin_listener ? "admin" : "main";
}

json::object session_json(const Call& call, const SessionTable::Session& session, Millis now) {
  const auto left = std::chrono::floor<std::chrono::seconds>(session.ends_at - now);
  return {{"signed_in", true},
          {"by", "cookie"},
          {"listener", listener_of(call)},
          {"csrf", session.csrf},
          {"expires_in_s", left.count()}};
}

}  // namespace

edge::Task<Answer> begin_session(Desk& desk, Call& call) {
  if (auto refused = refuse_elsewhere(desk, call)) co_return std::move(*refused);
  if (!gateway::is_same_origin(call.head(), call.client))
    co_return gateway::answer(problems::kWrongOrigin, "Sign in from a page of this site.");
  static constexpr std::array<std::string_view, 1> kKnown{"token"};
  const Body body = co_await read_body(call, kKnown);
  const Millis now = desk.places.services().clock.steady_now();
  if (const auto wait = desk.sessions.must_wait(call.client.key, now))
    co_return too_many_tries(*wait);
  if (body.has_error()) co_return gateway::answer(body.error());
  std::optional<gateway::Refusal> problem;
  const std::string token = text_member(*body, "token", problem);
  if (problem) co_return gateway::answer(*problem);
  if (desk.options.admin_token.empty() || !same_secret(token, desk.options.admin_token)) {
    desk.sessions.failed(call.client.key, now);
    co_return gateway::answer(problems::kAdminOnly, "That is not the admin token.");
  }
  const auto session = desk.sessions.begin(desk.places.services().entropy, now);
  edge::Response answer = json_answer(200, session_json(call, session, now));
  set_cookie(answer, session.id, gateway::is_secure(call.client));
  co_return answer;
}

edge::Task<Answer> read_session(Desk& desk, Call& call) {
  if (auto refused = refuse_elsewhere(desk, call)) co_return std::move(*refused);
  const Millis now = desk.places.services().clock.steady_now();
  const auto session = session_of(desk, call);
  if (session && gateway::is_same_origin(call.head(), call.client))
    co_return json_answer(200, session_json(call, *session, now));
  json::object said{{"signed_in", false},
                    {"by", nullptr},
                    {"listener", listener_of(call)},
                    {"csrf", ""},
                    {"expires_in_s", nullptr}};
  if (!refuse_admin(desk, call)) {
    said["signed_in"] = true;
    said["by"] = has_admin_token(desk, call) ? "token" : "loopback";
  }
  co_return json_answer(200, said);
}

edge::Task<Answer> end_session(Desk& desk, Call& call) {
  if (auto refused = refuse_admin(desk, call)) co_return std::move(*refused);
  if (const auto session = session_of(desk, call)) desk.sessions.end(session->id);
  edge::Response answer = no_content();
  set_cookie(answer, "", gateway::is_secure(call.client));
  co_return answer;
}

}  // namespace doorward::api::admin
