#include "api/compat/retry_key.hpp"
#include "api/compat/ticketing_gateway/calls.hpp"
#include "api/compat/ticketing_gateway/envelope.hpp"
#include "api/compat/ticketing_gateway/voice.hpp"

#include <boost/json.hpp>

#include <optional>
#include <string>
#include <utility>

namespace doorward::api::ticketing_gateway {
namespace {

namespace json = boost::json;
using gateway::Place;
using room::TicketState;

const std::string& room_of(const Desk& desk) { return desk.options.ticketing_gateway.room; }
const ports::Clock& clock_of(const Desk& desk) { return desk.places.services().clock; }

gateway::Identity identity_of(const Desk& desk, const Call& call) {
  return desk.places.services().identities.identify(call.head(), desk.places.now());
}

std::optional<gateway::Subject> user_of(const Desk& desk, const Call& call) {
  auto identity = identity_of(desk, call);
  if (identity.caller != gateway::Caller::user) return std::nullopt;
  return std::move(identity.subject);
}

edge::Response unavailable(const Desk& desk, const Call& call) {
  edge::Response response = by_status(clock_of(desk), messages_of(desk), 503, call.head().path);
  response.head.fields.append("Retry-After", "2");
  return response;
}

edge::Response stranger(const Desk& desk, const Call& call) {
  if (identity_of(desk, call).unjudged) return unavailable(desk, call);
  return login_needed(clock_of(desk), messages_of(desk), call.head().path);
}

// The live place that the user has in the queue's room.
std::optional<Place> place_of(const Desk& desk, const gateway::Subject& user) {
  const auto handle = desk.shard().find(room_of(desk), user.key);
  const auto view = handle ? desk.shard().read(*handle) : std::nullopt;
  if (!view || view->state == TicketState::closed) return std::nullopt;
  return Place{*handle, *view, room_of(desk), user.text, desk.shard().applied(), false, false};
}

edge::Response failed(const Desk& desk, const Call& call, const gateway::Refusal& refusal) {
  // A room that is missing is the operator's fault, and may be there soon.
  const bool no_room = refusal.is(gateway::problems::kNoRoom);
  if (no_room || refusal.status() == 503) return unavailable(desk, call);
  return by_status(clock_of(desk), messages_of(desk), refusal.status(), call.head().path);
}

struct Removal {
  TicketState state;
  std::string_view Messages::*removed;
  std::string_view Messages::*missing;
};

edge::Task<Answer> remove(Desk& desk, Call& call, Removal removal) {
  const auto user = user_of(desk, call);
  if (!user) co_return stranger(desk, call);
  const Messages& messages = messages_of(desk);
  const Failure missing{"NOT_FOUND", messages.*removal.missing, 404};
  const auto place = place_of(desk, *user);
  if (!place || place->view.state != removal.state) co_return failure(clock_of(desk), 200, missing);
  const engine::Command leave = engine::Leave{place->view.id};
  const auto outcome = co_await gateway::await_shard(desk.shard(), leave);
  if (outcome.has_error()) {
    const gateway::Refusal refused = gateway::refusal(outcome.error());
    co_return failed(desk, call, refused);
  }
  if (outcome->status == engine::Status::done)
    co_return success(clock_of(desk), 200, {messages.*removal.removed});
  if (outcome->status == engine::Status::over || outcome->status == engine::Status::no_such_ticket)
    co_return failure(clock_of(desk), 200, missing);
  const gateway::Refusal refused = gateway::refusal(outcome->status, room_of(desk));
  co_return failed(desk, call, refused);
}

}  // namespace

const Messages& messages_of(const Desk& desk) {
  return desk.options.ticketing_gateway.english ? kEnglish : kKorean;
}

edge::Task<Answer> line_up(Desk& desk, Call& call, std::string_view) {
  auto user = user_of(desk, call);
  if (!user) co_return stranger(desk, call);
  const auto before = place_of(desk, *user);
  const bool was_inside = before && before->view.state == TicketState::admitted;
  // A retry is no second lining up, which would lose the place.
  const std::string key(
      compat::retry_key(call, compat::KeyScope::user).value_or(std::string_view()));
  gateway::JoinRequest request{room_of(desk), *std::move(user), key};
  const auto place = co_await desk.places.join(std::move(request));
  if (place.has_error()) co_return failed(desk, call, place.error());
  const Messages& messages = messages_of(desk);
  std::string_view message = messages.queued;
  if (place->view.state == TicketState::admitted)
    message =
        was_inside && !place->made && !place->again ? messages.already_inside : messages.entered;
  co_return success(clock_of(desk), 200, {message});
}

edge::Task<Answer> status(Desk& desk, Call& call, std::string_view) {
  const auto user = user_of(desk, call);
  if (!user) co_return stranger(desk, call);
  const Messages& messages = messages_of(desk);
  const auto place = place_of(desk, *user);
  if (!place)
    co_return failure(clock_of(desk), 404,
                      {"USER_ID_NOT_FOUND", messages.not_in_queue, 404, call.head().path});
  if (place->view.state == TicketState::admitted)
    co_return success(clock_of(desk), 200, {messages.may_enter});
  if (const auto entry = desk.shard().room(place->view.room))
    desk.places.keep_alive(*place, entry->view.policy);
  const json::object data = status_of(place->view);
  co_return success(clock_of(desk), 200, {{}, &data});
}

edge::Task<Answer> remove_pass(Desk& desk, Call& call, std::string_view) {
  const Removal removal{TicketState::admitted, &Messages::pass_removed, &Messages::no_pass};
  return remove(desk, call, removal);
}

edge::Task<Answer> remove_place(Desk& desk, Call& call, std::string_view) {
  const Removal removal{TicketState::waiting, &Messages::place_removed, &Messages::no_place};
  return remove(desk, call, removal);
}

edge::Task<Answer> stream(Desk& desk, Call& call, std::string_view) {
  const auto user = user_of(desk, call);
  if (!user) co_return stranger(desk, call);
  wire::ResponseHead head;
  head.fields.append("Cache-Control", "no-store");
  head.fields.append("X-Accel-Buffering", "no");
  const auto place = place_of(desk, *user);
  if (!place || call.head().method == "HEAD") {
    edge::Response response{std::move(head), {}};
    response.head.fields.append("Content-Type", "text/event-stream");
    if (!place) append_not_in_queue(response.body, messages_of(desk));
    co_return response;
  }
  const edge::ParkedStream parked_as = desk.streams.open(*place, StreamVoice::ticketing_gateway);
  const auto parked = co_await call.exchange.park_event_stream(parked_as, head);
  if (parked.has_error()) desk.streams.gone(parked_as);
  co_return std::nullopt;
}

}  // namespace doorward::api::ticketing_gateway
