#include "api/native/native.hpp"
#include "gateway/origin.hpp"
#include "gateway/ticket_json.hpp"

#include <fmt/format.h>

namespace doorward::api {
namespace {

namespace problems = gateway::problems;
using gateway::Place;
using room::TicketState;

bool is_over(const Place& place) { return place.view.state == TicketState::closed; }

gateway::Refusal wrong_origin() {
  return gateway::problem(problems::kWrongOrigin,
                          "What acts by cookie, and sockets, come from pages of this site.");
}

// Absent: the visitor has left, or had before.
edge::Task<std::optional<gateway::Refusal>> leave_place(Desk& desk, Call& call) {
  const auto place = co_await desk.places.find(call.head(), call.room);
  if (place.has_error()) co_return place.error();
  if (place->by_cookie && !gateway::is_welcome(call.head(), call.client, true))
    co_return wrong_origin();
  const engine::Command leave = engine::Leave{place->view.id};
  const auto outcome = co_await gateway::await_shard(desk.shard(), leave);
  if (outcome.has_error()) co_return gateway::refusal(outcome.error());
  if (outcome->status == engine::Status::done || outcome->status == engine::Status::already)
    co_return std::nullopt;
  if (outcome->status != engine::Status::over || !outcome->ticket)
    co_return gateway::refusal(outcome->status, call.room);
  // A retry of a leave whose answer was lost.
  if (outcome->ticket->reason == room::CloseReason::left) co_return std::nullopt;
  co_return gateway::over(*outcome->ticket);
}

std::optional<ports::LogPosition> last_event(const Call& call) {
  const auto field = call.head().fields.find("Last-Event-ID");
  return field ? gateway::parse_position(*field) : std::nullopt;
}

edge::Task<gateway::Sought<Place>> place_to_stream(Desk& desk, Call& call) {
  auto place = co_await desk.places.find(call.head(), call.room, last_event(call));
  if (place.has_error()) co_return place;
  if (place->by_cookie && !gateway::is_welcome(call.head(), call.client, true))
    co_return wrong_origin();
  if (is_over(*place)) co_return gateway::over(place->view);
  co_return place;
}

edge::Response show_place(Desk& desk, const gateway::Sought<Place>& place) {
  if (place.has_error()) return gateway::answer(place.error());
  if (is_over(*place)) return gateway::answer(gateway::over(place->view));
  edge::Response response = json_answer(200, desk.places.json_for(*place));
  if (place->view.state != TicketState::waiting) return response;
  if (const auto entry = desk.shard().room(place->view.room)) {
    const room::Policy& policy = entry->view.policy;
    desk.places.keep_alive(*place, policy);
    const std::uint32_t after = gateway::poll_after_s(place->view, policy);
    response.head.fields.append("Retry-After", std::to_string(after));
  }
  return response;
}

}  // namespace

Answer read_self_now(Desk& desk, Call& call) {
  const auto place = desk.places.find_now(call.head(), call.room);
  if (!place) return std::nullopt;
  return show_place(desk, *place);
}

edge::Task<Answer> read_self(Desk& desk, Call& call) {
  const auto place = co_await desk.places.find(call.head(), call.room);
  co_return show_place(desk, place);
}

edge::Task<Answer> leave(Desk& desk, Call& call) {
  const auto problem = co_await leave_place(desk, call);
  if (problem) co_return gateway::answer(*problem);
  co_return no_content();
}

edge::Task<Answer> leave_page(Desk& desk, Call& call) {
  const auto problem = co_await leave_place(desk, call);
  const auto entry = desk.shard().room(call.room);
  if (problem || !entry) {
    co_return gateway::answer(problem ? *problem
                                      : gateway::refusal(engine::Status::no_such_room, call.room));
  }
  room::TicketView left;
  left.state = TicketState::closed;
  left.reason = room::CloseReason::left;
  gateway::PageRequest page;
  page.ticket = left;
  co_return desk.pages.answer(call.room, entry->view.policy, call.head(), std::move(page), 200);
}

edge::Task<Answer> events(Desk& desk, Call& call) {
  auto place = co_await place_to_stream(desk, call);
  if (place.has_error()) co_return gateway::answer(place.error());
  wire::ResponseHead head;
  head.fields.append("Cache-Control", "no-store");
  head.fields.append("X-Accel-Buffering", "no");
  const edge::ParkedStream stream = desk.streams.open(*place);
  const auto parked = co_await call.exchange.park_event_stream(stream, head);
  if (parked.has_error()) desk.streams.gone(stream);
  co_return std::nullopt;
}

edge::Task<Answer> socket(Desk& desk, Call& call) {
  if (!asks_for_websocket(call.head())) {
    edge::Response response =
        gateway::answer(problems::kNoUpgrade, "Open this address as a WebSocket.");
    response.head.fields.append("Upgrade", "websocket");
    co_return response;
  }
  if (!gateway::is_welcome(call.head(), call.client, false))
    co_return gateway::answer(wrong_origin());
  auto place = co_await place_to_stream(desk, call);
  if (place.has_error()) co_return gateway::answer(place.error());
  const edge::ParkedStream stream = desk.streams.open(*place);
  const auto parked = co_await call.exchange.park_websocket(stream, wire::ResponseHead());
  if (parked.has_error()) desk.streams.gone(stream);
  co_return std::nullopt;
}

}  // namespace doorward::api
