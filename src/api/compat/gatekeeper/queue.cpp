// The queue: in, where, ready, done.
#include "api/compat/gatekeeper/business.hpp"
#include "api/compat/gatekeeper/calls.hpp"
#include "api/compat/retry_key.hpp"
#include "api/compat/system.hpp"
#include "base/append.hpp"
#include "wire/utf8.hpp"

#include <boost/json.hpp>

namespace doorward::api::gatekeeper {
namespace {

namespace json = boost::json;
using room::TicketState;

constexpr std::string_view kUser[] = {"user_id"};
constexpr std::string_view kToken[] = {"jwt"};
// The place of one who is in: nobody is ahead.
constexpr std::uint32_t kFirst = 1;

// Who calls with a JWT, and the place of that user.
struct Queued {
  BusinessPtr business;
  Holder holder;
  bool expired = false;
  std::optional<gateway::Place> place;  // none: neither in the queue nor ready

  bool is_ready() const { return place && place->view.state == TicketState::admitted; }
  bool is_waiting() const { return place && place->view.state == TicketState::waiting; }
};

std::optional<gateway::Place> place_of(const Desk& desk, const Business& business,
                                       const SubjectKey& subject) {
  const auto handle = desk.shard().find(business.room, subject);
  const auto view = handle ? desk.shard().read(*handle) : std::nullopt;
  if (!view) return std::nullopt;
  gateway::Place place;
  place.handle = *handle;
  place.view = *view;
  return place;
}

// Absent: something of the business is to be made first.
using Sought = std::optional<Got<Queued>>;

Sought queued_now(Desk& desk, const Call& call) {
  auto business = known_business(desk, call, kToken);
  if (business.has_error()) return std::move(business.error());
  if (*business == nullptr) return std::nullopt;
  const LogTime now = desk.places.now();
  auto holder = desk.businesses.holder_of(**business, *header(call.head(), "jwt"), now);
  if (!holder) return compat::detail(401, "Invalid token");
  auto place = place_of(desk, **business, holder->subject);
  if (!place && !desk.shard().room((*business)->room)) return std::nullopt;
  const bool expired = holder->ends <= now;
  return Queued{*std::move(business), *std::move(holder), expired, std::move(place)};
}

// `answer` of who is queued, once all of the business is there.
edge::Task<Answer> answer_when_made(Desk& desk, Call& call, compat::QuickHandler answer) {
  auto failed = co_await make_missing(desk, call);
  if (failed) co_return std::move(*failed);
  auto answered = answer(desk, call);
  if (!answered)  // taken away again in between
    answered = gateway::answer(gateway::refusal(engine::Status::unavailable, kQueue));
  co_return answered;
}

// For what only a user who is ready may do with an old token.
std::optional<edge::Response> refuse_expired(const Queued& queued) {
  if (!queued.expired || queued.is_ready()) return std::nullopt;
  return compat::detail(401, "Token has expired");
}

std::uint32_t position_of(const room::TicketView& view) {
  return view.state == TicketState::waiting ? view.position.value_or(view.waiting) : kFirst;
}

// A JWT needs no escapes. The page knows one message, also where the JWT is empty.
edge::Response enqueued(std::string_view jwt, const room::TicketView& view) {
  std::string body;
  append(body, R"({"jwt":")", jwt, R"(","position":)", position_of(view),
         R"(,"message":"User enqueued successfully."})");
  return json_answer(200, std::move(body));
}

edge::Response enqueued(const Desk& desk, const Business& business, std::string_view user,
                        const gateway::Place& place) {
  // A retry is told what the first was told, the JWT above all, which no other call gives.
  if (!place.made && !place.again) return enqueued("", place.view);
  const std::string jwt = business.jwts.issue(user, desk.places.now(), business.settings.token_ttl);
  return enqueued(jwt, place.view);
}

compat::Faults faults_of_user(std::string_view user) {
  if (user.empty())
    return {{"user_id", "string_too_short", "String should have at least 1 character"}};
  if (user.size() > kMaxUser)
    return {{"user_id", "string_too_long", "String should have at most 256 characters"}};
  // No JWT could name such a user.
  if (!wire::is_utf8(user))
    return {{"user_id", "string_unicode", "Input should be a valid string in UTF-8"}};
  return {};
}

std::optional<edge::Response> refuse_user(const Desk& desk, const Call& call,
                                          const Business& business, std::string_view user) {
  if (const auto faults = faults_of_user(user); !faults.empty())
    return compat::invalid(faults, "header");
  return count(desk, call, *business.enqueue_rule);
}

// No coroutine, so that no frame keeps the request but the one that needs it.
edge::Task<gateway::Sought<gateway::Place>> take_place(const Desk& desk, const Call& call,
                                                       const Business& business,
                                                       std::string_view user) {
  const auto key = compat::retry_key(call, compat::KeyScope::named);
  return desk.places.join({business.room,
                           desk.places.services().identities.named_by_backend(user, {}),
                           std::string(key.value_or(std::string_view()))});
}

// Where the operator took the room away.
edge::Task<Answer> enqueue_once_more(Desk& desk, Call& call, const Business& business,
                                     std::string_view user) {
  auto failed = co_await make_missing(desk, call);
  if (failed) co_return failed;
  const auto place = co_await take_place(desk, call, business, user);
  if (place.has_error()) co_return gateway::answer(place.error());
  co_return enqueued(desk, business, user, *place);
}

edge::Task<Answer> enqueue_at(Desk& desk, Call& call, BusinessPtr business) {
  const std::string_view user = *header(call.head(), "user_id");
  auto refused = refuse_user(desk, call, *business, user);
  if (refused) co_return refused;
  const auto place = co_await take_place(desk, call, *business, user);
  if (place.has_error() && !desk.shard().room(business->room))
    co_return co_await enqueue_once_more(desk, call, *business, user);
  if (place.has_error()) co_return gateway::answer(place.error());
  co_return enqueued(desk, *business, user, *place);
}

// Where something of the business is to be made first, or nobody knows it.
edge::Task<Answer> enqueue_first(Desk& desk, Call& call, Got<BusinessPtr> known) {
  if (known) known = co_await find_business(desk, call, kUser);
  if (known.has_error()) co_return known.error();
  co_return co_await enqueue_at(desk, call, *known);
}

}  // namespace

// In parts, so that little is kept while one waits: see `join` in api/native/join.cpp.
edge::Task<Answer> enqueue(Desk& desk, Call& call, std::string_view) {
  auto known = known_business(desk, call, kUser);
  const bool is_there = known && *known != nullptr;
  return is_there ? enqueue_at(desk, call, *known) : enqueue_first(desk, call, std::move(known));
}

Answer status_now(Desk& desk, Call& call) {
  const auto queued = queued_now(desk, call);
  if (!queued) return std::nullopt;
  if (queued->has_error()) return queued->error();
  const auto& [business, holder, expired, place] = **queued;
  if (auto refused = count(desk, call, *business->status_rule)) return std::move(*refused);
  std::string body = R"({"warning_msg":)";
  body.append(place ? "null" : R"("User not found in queue or ready state.")");
  body.append(R"(,"jwt_token":")");
  if (expired) {
    body += business->jwts.issue(holder.user, desk.places.now(), business->settings.token_ttl);
  } else {
    body.append(*header(call.head(), "jwt"));
  }
  body.append(R"(","position":)");
  if ((*queued)->is_waiting()) {
    body.append(std::to_string(position_of(place->view)));
    if (const auto entry = desk.shard().room(place->view.room))
      desk.places.keep_alive(*place, entry->view.policy);
  } else {
    body.append("null");
  }
  body.append((*queued)->is_ready() ? R"(,"ready":true})" : R"(,"ready":false})");
  return json_answer(200, std::move(body));
}

Answer verify_now(Desk& desk, Call& call) {
  const auto queued = queued_now(desk, call);
  if (!queued) return std::nullopt;
  if (queued->has_error()) return queued->error();
  if (auto refused = refuse_expired(**queued)) return std::move(*refused);
  return json_answer(200, (*queued)->is_ready()
                              ? R"({"message":"User is ready","ready":true})"
                              : R"({"message":"User is not ready","ready":false})");
}

edge::Task<Answer> status(Desk& desk, Call& call, std::string_view) {
  return answer_when_made(desk, call, status_now);
}

edge::Task<Answer> verify(Desk& desk, Call& call, std::string_view) {
  return answer_when_made(desk, call, verify_now);
}

edge::Task<Answer> finish(Desk& desk, Call& call, std::string_view) {
  auto queued = queued_now(desk, call);
  if (!queued) {
    auto failed = co_await make_missing(desk, call);
    if (failed) co_return std::move(*failed);
    queued = queued_now(desk, call);
  }
  if (!queued) co_return gateway::answer(gateway::refusal(engine::Status::unavailable, kQueue));
  if (queued->has_error()) co_return queued->error();
  if (auto refused = refuse_expired(**queued)) co_return std::move(*refused);
  bool cleared = false;
  if ((*queued)->is_ready()) {
    const engine::Command command = engine::Finish{(*queued)->place->view.id};
    const auto outcome = co_await gateway::await_shard(desk.shard(), command);
    if (outcome.has_error()) co_return gateway::answer(gateway::refusal(outcome.error()));
    cleared = outcome->status == engine::Status::done;
  }
  co_return json_answer(200, json::object{{"status", cleared ? "ready_cleared" : "not_ready"},
                                          {"message", cleared ? "User removed from ready state"
                                                              : "User is not in ready state"}});
}

}  // namespace doorward::api::gatekeeper
