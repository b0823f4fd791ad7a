// What backends call, and what anyone may know.
#include "api/native/native.hpp"
#include "core/tenant/tenant.hpp"
#include "gateway/ticket_json.hpp"
#include "wire/rfc3339.hpp"

#include <fmt/format.h>
#include <boost/json.hpp>

namespace doorward::api {
namespace {

namespace json = boost::json;
namespace problems = gateway::problems;
constexpr std::string_view kVerifyMembers[] = {"pass", "room"};
const char* const kWrongAudience = wire::jose::to_string(wire::jose::TokenError::wrong_audience);

using room::TicketState;
using room::TicketView;

template <class Time>
json::value time_or_null(const Time& time) {
  if (!time) return nullptr;
  return json::value(json::string(wire::format_rfc3339(*time)));
}

// A word of ours, which needs no escapes; none is null.
std::string quoted(std::string_view word) {
  return word.empty() ? "null" : fmt::format("\"{}\"", word);
}

edge::Response verdict(bool valid, const gateway::Pass* pass,
                       const std::optional<LogTime>& expires_at, std::string_view reason) {
  std::string body = fmt::format(R"({{"valid":{},)", valid);
  if (pass == nullptr) {
    body += R"("subject":null,"room":null,"ticket":null,)";
  } else {
    body +=
        fmt::format(R"("subject":{},"room":"{}","ticket":"{}",)", json::serialize(pass->subject),
                    tenant::plain(pass->room), to_string(pass->ticket));
  }
  body += fmt::format(R"("expires_at":{},"reason":{}}})",
                      quoted(expires_at ? wire::format_rfc3339(*expires_at) : std::string()),
                      quoted(reason));
  return json_answer(200, std::move(body));
}

// The session decides, exactly: a pass whose own time is up is good while its session lives, and
// one whose session has ended is not.
edge::Task<edge::Response> judge(Desk& desk, const gateway::Pass& pass) {
  const auto handle = desk.shard().find(pass.ticket);
  auto view = handle ? desk.shard().read(*handle) : std::nullopt;
  if (!view) co_return verdict(false, &pass, {}, "forgotten");
  if (view->state == TicketState::closed)
    co_return verdict(false, &pass, {}, room::to_string(view->reason));
  if (view->state != TicketState::admitted) co_return verdict(false, &pass, {}, "not_admitted");
  if (const auto entry = desk.shard().room(view->room)) {
    view = co_await desk.places.use(*handle, *view, entry->view.policy);
    if (view->state == TicketState::closed)
      co_return verdict(false, &pass, {}, room::to_string(view->reason));
  }
  co_return verdict(true, &pass, view->expires_at, "");
}

// Whether the ticket is for a room of the caller's. One that is forgotten is nobody's.
bool is_own(const Desk& desk, const Call& call, const TicketId& ticket) {
  const auto handle = desk.shard().find(ticket);
  const auto view = handle ? desk.shard().read(*handle) : std::nullopt;
  const auto entry = view ? desk.shard().room(view->room) : std::nullopt;
  return !entry || tenant::split(entry->name).tenant == call.tenant;
}

}  // namespace

edge::Task<Answer> verify_pass(Desk& desk, Call& call) {
  // Whoever holds a pass may ask about it, but not under a name that is not theirs.
  if (call.head().fields.contains("X-API-Key"))
    if (auto refused = refuse_stranger(desk, call)) co_return std::move(*refused);
  const Body body = co_await read_body(call, kVerifyMembers);
  if (body.has_error()) co_return gateway::answer(body.error());
  std::optional<gateway::Refusal> problem;
  const std::string token = text_member(*body, "pass", problem);
  std::string room = text_member(*body, "room", problem);
  if (problem) co_return gateway::answer(*problem);
  if (token.empty())
    co_return gateway::answer(problems::kInvalid, "pass: send the pass that is to be verified");
  if (!room.empty()) room = tenant::full_name(call.tenant, room);
  const auto pass = desk.places.services().tokens.read_pass(token, room, desk.places.now());
  if (pass.has_error()) co_return verdict(false, nullptr, {}, wire::jose::to_string(pass.error()));
  if (tenant::split(pass->room).tenant != call.tenant)
    co_return verdict(false, nullptr, {}, kWrongAudience);
  const bool caught_up = co_await desk.places.caught_up(pass->at);
  if (!caught_up)
    co_return gateway::answer(problems::kBehind, "This node has not caught up yet; try again.");
  co_return co_await judge(desk, *pass);
}

edge::Task<Answer> finish_session(Desk& desk, Call& call) {
  if (auto refused = refuse_stranger(desk, call)) co_return std::move(*refused);
  const auto ticket = parse_id<TicketId>(call.ticket);
  if (!ticket) co_return gateway::answer(problems::kNoTicket, "That is not the id of a ticket.");
  if (!is_own(desk, call, *ticket))
    co_return gateway::answer(gateway::refusal(engine::Status::no_such_ticket, ""));
  const engine::Command finish = engine::Finish{*ticket};
  const auto outcome = co_await gateway::await_shard(desk.shard(), finish);
  if (outcome.has_error()) co_return gateway::answer(gateway::refusal(outcome.error()));
  const auto status = outcome->status;
  const bool over = status == engine::Status::over && outcome->ticket.has_value();
  // A retry of a call whose answer was lost.
  const bool finished = over && outcome->ticket->reason == room::CloseReason::finished;
  if (status == engine::Status::done || status == engine::Status::already || finished)
    co_return no_content();
  if (over) co_return gateway::answer(gateway::over(*outcome->ticket));
  co_return gateway::answer(gateway::refusal(status, ""));
}

edge::Task<Answer> room_status(Desk& desk, Call& call) {
  if (auto refused = refuse_wrong_key(call)) co_return std::move(*refused);
  const auto entry = desk.shard().room(call.room);
  if (!entry) co_return gateway::answer(gateway::refusal(engine::Status::no_such_room, call.room));
  const room::RoomView& view = entry->view;
  json::object made{{"room", tenant::plain(entry->name)},
                    {"mode", room::to_string(view.mode)},
                    {"waiting", view.waiting},
                    {"inside", view.inside},
                    {"sold_out", view.sold_out},
                    {"eta", nullptr},
                    {"opens_at", time_or_null(view.policy.opens_at)},
                    {"closes_at", time_or_null(view.policy.closes_at)}};
  if (view.eta_for_newcomer)
    made["eta"] = json::object{{"low_s", view.eta_for_newcomer->low_s},
                               {"high_s", view.eta_for_newcomer->high_s}};
  co_return json_answer(200, made);
}

edge::Task<Answer> keys(Desk& desk, Call& call) {
  if (auto refused = refuse_wrong_key(call)) co_return std::move(*refused);
  edge::Response response = json_answer(200, desk.places.services().tokens.jwks(call.tenant));
  response.head.fields.set("Cache-Control", "public, max-age=300");
  co_return response;
}

}  // namespace doorward::api
