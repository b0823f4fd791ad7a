#include "api/compat/wait_queue/wait_queue.hpp"

#include "api/compat/fastapi.hpp"
#include "api/compat/retry_key.hpp"
#include "gateway/await_shard.hpp"
#include "gateway/origin.hpp"
#include "wire/rate_limit/headers.hpp"
#include "wire/retry_after.hpp"
#include "wire/uuid.hpp"

#include <fmt/format.h>
#include <boost/json.hpp>

#include <algorithm>

namespace doorward::api::wait_queue {
namespace {

namespace json = boost::json;
namespace retry_after = wire::retry_after;
using engine::Status;
using room::TicketState;

edge::Response later(unsigned status, std::string_view what, std::string_view seconds) {
  edge::Response response = compat::detail(status, what);
  response.head.fields.append("Retry-After", seconds);
  return response;
}

edge::Response bad_token(std::string_view what) {
  edge::Response response = compat::detail(401, what);
  response.head.fields.append("WWW-Authenticate", "Bearer");
  return response;
}

edge::Response refused(Status status) {
  switch (status) {
    case Status::shard_full:
    case Status::room_full: return later(503, "The queue is full", retry_after::kPage);
    case Status::over: return compat::detail(410, "This session has ended");  // of its key
    case Status::room_closed: return later(503, "The queue is closed", retry_after::kRoomClosed);
    case Status::malformed:
    case Status::no_such_lane: return compat::detail(422, "priority: there is none of this name");
    default: return later(503, "The log cannot be written now", retry_after::kUnavailable);
  }
}

// A retry that carries the same Idempotency-Key from the same address is the same visitor.
TicketId draw_ticket(const gateway::Services& services, const Call& call) {
  const auto key = compat::retry_key(call, compat::KeyScope::address);
  const Hash128 id =
      key ? services.identities.derive("wait_queue join",
                                       fmt::format("{}\n{}", call.client.address.to_string(), *key))
          : ports::draw<Hash128>(services.entropy);
  return wire::as_uuid_v4(TicketId{id.hi, id.lo});
}

// Of a query such as "priority=vip".
std::string_view priority_of(std::string_view query) {
  constexpr std::string_view kName = "priority=";
  while (!query.empty()) {
    const std::string_view pair = query.substr(0, query.find('&'));
    if (pair.starts_with(kName)) return pair.substr(kName.size());
    query.remove_prefix(std::min(pair.size() + 1, query.size()));
  }
  return {};
}

// The lane: what a backend asks for, or a signed-in user's claim says. Nobody else has a priority.
boost::system::result<std::string, edge::Response> lane_of(const Desk& desk, const Call& call) {
  const auto& services = desk.places.services();
  const auto identity = services.identities.identify(call.head(), services.clock.wall_now());
  const std::string_view asked = priority_of(call.head().query);
  if (identity.caller == gateway::Caller::backend) return std::string(asked);
  if (!asked.empty())
    return compat::detail(403, "Only a backend with an API key asks for a priority");
  if (!identity.subject) return std::string();
  gateway::Subject subject = *identity.subject;
  desk.places.fit_lane(desk.options.wait_queue->options().room, subject);
  return std::move(subject.lane);
}

// The token of the Authorization field, or that framework's refusal.
boost::system::result<std::string_view, edge::Response> bearer_of(const wire::RequestHead& head) {
  const auto field = head.fields.find("Authorization").value_or("");
  const auto space = field.find(' ');
  const std::string_view scheme = field.substr(0, space);
  std::string_view token = space == std::string_view::npos ? "" : field.substr(space + 1);
  while (token.starts_with(' ')) token.remove_prefix(1);
  if (scheme.empty() || token.empty()) return compat::detail(403, "Not authenticated");
  if (!wire::equal_ignoring_case(scheme, "Bearer"))
    return compat::detail(403, "Invalid authentication credentials");
  return token;
}

// Somebody with a token, and the place that it is for.
struct Visitor {
  engine::TicketHandle handle;
  room::TicketView view;
  room::Policy policy;
};

using Joined = boost::system::result<engine::Outcome, edge::Response>;

// The room is made by the first who comes, where no configuration did.
edge::Task<Joined> join(Desk& desk, engine::Join command) {
  for (bool may_make = true;; may_make = false) {
    const engine::Command attempt = command;
    auto outcome = co_await gateway::await_shard(desk.shard(), attempt);
    if (outcome.has_error()) co_return refused(Status::unavailable);
    if (outcome->status != Status::no_such_room || !may_make) co_return std::move(*outcome);
    const engine::Command make = engine::SetRoom{command.room, default_policy()};
    static_cast<void>(co_await gateway::await_shard(desk.shard(), make));
  }
}

edge::Task<Answer> give_token(Desk& desk, Call& call, std::string_view) {
  const WaitQueue& queue = *desk.options.wait_queue;
  auto lane = lane_of(desk, call);
  if (lane.has_error()) co_return std::move(lane.error());
  const auto& services = desk.places.services();
  const TicketId ticket = draw_ticket(services, call);
  const std::string uuid = wire::to_uuid(ticket);
  const Hash128 subject = services.identities.derive("wait_queue subject", uuid);
  engine::Join command{queue.options().room, {subject.hi, subject.lo}, ticket, std::move(*lane)};
  const auto outcome = co_await join(desk, std::move(command));
  if (outcome.has_error()) co_return outcome.error();
  if (outcome->status != Status::done && outcome->status != Status::already)
    co_return refused(outcome->status);
  const LogTime expires_at = services.clock.wall_now() + queue.options().token_ttl;
  const std::string token = queue.jwt().issue({ticket, false}, expires_at);
  co_return json_answer(200,
                        json::object{{"access_token", token}, {"uuid", uuid}, {"status", "wait"}});
}

edge::Task<Answer> open_socket(Desk& desk, Call& call, std::string_view) {
  if (!asks_for_websocket(call.head())) {
    edge::Response response = compat::detail(426, "Open this address as a WebSocket");
    response.head.fields.append("Upgrade", "websocket");
    co_return response;
  }
  if (!gateway::is_welcome(call.head(), call.client, false))
    co_return compat::detail(
        403, "Sockets come from pages of this site, or of origins that are allowed");
  const edge::ParkedStream stream = desk.options.wait_queue->sockets().open();
  const wire::ResponseHead head;
  static_cast<void>(co_await call.exchange.park_websocket(stream, head));
  co_return std::nullopt;
}

boost::system::result<Visitor, edge::Response> visitor_of(Desk& desk, const Call& call) {
  const WaitQueue& queue = *desk.options.wait_queue;
  const auto token = bearer_of(call.head());
  if (token.has_error()) return token.error();
  const auto claims = queue.jwt().read(*token, desk.places.now());
  if (claims.has_error()) {
    const bool expired = claims.error() == wire::jose::TokenError::expired;
    return bad_token(expired ? "Token has expired" : "Invalid token");
  }
  const engine::Shard& shard = desk.shard();
  const auto handle = shard.find(claims->ticket);
  const auto view = handle ? shard.read(*handle) : std::nullopt;
  const auto room = view ? shard.room(view->room) : std::nullopt;
  if (!room || room->name != queue.options().room || view->state == TicketState::closed)
    return bad_token("This session has ended");
  if (!claims->active || view->state != TicketState::admitted)
    return compat::detail(403, "This token is still waiting");
  return Visitor{*handle, *view, room->view.policy};
}

// Both limited endpoints count as one.
edge::Task<Answer> limited(Desk& desk, Call& call, std::string_view) {
  const auto visitor = visitor_of(desk, call);
  if (visitor.has_error()) co_return visitor.error();
  static_cast<void>(co_await desk.places.use(visitor->handle, visitor->view, visitor->policy));
  const std::string key = "wait_queue\n" + wire::to_uuid(visitor->view.id);
  const ports::Hit hit{siphash128(desk.counting.key, key), &desk.options.wait_queue->quota(), 1, 0};
  const auto decision = desk.counting.store.decide(hit, desk.places.services().clock.limit_now());
  if (decision.allowed) co_return json_answer(200, json::object{{"msg", "ok"}});
  const std::uint64_t wait = wire::ceil_seconds(decision.retry_after);
  co_return later(429, "Too many requests", std::to_string(std::max<std::uint64_t>(wait, 1)));
}

constexpr compat::Row kRows[] = {
    {"POST", "/token/", give_token},    {"POST", "/token", give_token},
    {"GET", "/ws/", open_socket},       {"GET", "/limited/", limited},
    {"GET", "/limited/deco/", limited},
};

}  // namespace

WaitQueue::WaitQueue(Options options, gateway::Places& places, Sockets& sockets)
    : options_(std::move(options)),
      jwt_(options_.secret),
      quota_({options_.algorithm, options_.requests, options_.window}),
      sockets_(sockets) {
  sockets_.attach({places, jwt_, options_.room, options_.token_ttl});
}

constinit const compat::System kSystem{.name = "wait_queue",
                                       .rows = kRows,
                                       .refuse = compat::refuse_with_detail,
                                       .redirects_slashes = true};

}  // namespace doorward::api::wait_queue
