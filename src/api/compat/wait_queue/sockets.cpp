#include "api/compat/wait_queue/sockets.hpp"

#include "wire/json_member.hpp"
#include "wire/json_strict.hpp"
#include "wire/uuid.hpp"
#include "wire/websocket/frame.hpp"

#include <fmt/format.h>
#include <boost/json.hpp>

#include <algorithm>

namespace doorward::api::wait_queue {
namespace {

namespace json = boost::json;
namespace ws = wire::websocket;
using namespace std::chrono_literals;
using edge::StreamKind;
using engine::TicketHandle;
using room::TicketState;

constexpr std::uint16_t kRefused = 4001;
constexpr std::uint64_t kNobody = TicketStreams::kMarked;
constexpr Millis kFirstMessage = 10s;
// "At least every 5 s", with time for the loop to come round.
constexpr Millis kRepeat = 4'500ms;
constexpr Millis kNear = 1s;
constexpr std::uint32_t kNearPlaces = 100;

std::uint64_t key_of(std::uint64_t key) { return key & ~TicketStreams::kMarked; }
TicketHandle handle_of(std::uint64_t key) {
  return {static_cast<std::uint32_t>(key), static_cast<std::uint32_t>(key_of(key) >> 32)};
}
std::uint64_t key_of(TicketHandle ticket) {
  return std::uint64_t{ticket.generation} << 32 | ticket.index;
}

// The memo: when a position was sent last, and which.
std::uint64_t memo_of(Millis now, std::uint32_t position) {
  return static_cast<std::uint64_t>(now.count()) << 32 | position;
}
Millis since(std::uint64_t memo, Millis now) {
  return Millis{static_cast<std::uint32_t>(now.count()) - static_cast<std::uint32_t>(memo >> 32)};
}

void close(std::string& out, std::string_view reason) { ws::append_close(out, kRefused, reason); }

std::uint32_t show_position(const room::TicketView& view, std::string& out) {
  // A draw room has no positions before its draw; this system's clients know none without.
  const std::uint32_t position = view.position.value_or(0);
  ws::append_frame(out, ws::Opcode::text,
                   fmt::format(R"({{"status":"wait","position":{}}})", position));
  return position;
}

}  // namespace

// Whose socket the first message says it is, or why it is nobody's.
struct Sockets::Named {
  const char* fault = nullptr;
  TicketHandle handle;
  room::TicketView view;
};

edge::ParkedStream Sockets::open() {
  tickets_.wake_marked();
  return {kNobody, 0};
}

Sockets::Named Sockets::find(std::string_view text) const {
  constexpr const char* kMalformed = "The first message must be the answer of /token/ as JSON";
  constexpr const char* kUnknown = "Unknown or stale token";
  const auto value = wire::parse_json_strict(text);
  if (value.has_error() || !value->is_object()) return {kMalformed, {}, {}};
  const json::object& said = value->get_object();
  std::optional<TicketId> ticket = wire::parse_uuid<TicketId>(wire::text_member(said, "uuid"));
  if (said.contains("access_token")) {
    const auto claims =
        parts_->jwt.read(wire::text_member(said, "access_token"), clock_.wall_now());
    if (claims.has_error()) return {kUnknown, {}, {}};
    ticket = claims->ticket;
  } else if (!said.contains("uuid")) {
    return {kMalformed, {}, {}};
  }
  const auto handle = ticket ? shard().find(*ticket) : std::nullopt;
  const auto view = handle ? shard().read(*handle) : std::nullopt;
  const auto room = view ? shard().room(view->room) : std::nullopt;
  if (!room || room->name != parts_->room) return {kUnknown, {}, {}};
  if (view->state == TicketState::closed) return {"This place is given up", {}, {}};
  return {nullptr, *handle, *view};
}

// The first frame is the position, also of somebody whose presence lets them in at once.
edge::StreamSource::Heard Sockets::message(edge::ParkedStream& stream, std::string_view text,
                                           std::string& out) {
  if (stream.key != kNobody) return Heard::go_on;
  const Named named = find(text);
  if (named.fault != nullptr) {
    close(out, named.fault);
    return Heard::closed;
  }
  stream.key = kNobody | key_of(named.handle);
  stream.memo = 0;
  if (named.view.state == TicketState::waiting)
    stream.memo = memo_of(clock_.steady_now(), show_position(named.view, out));
  gateway::Place place;
  place.handle = named.handle;
  place.view = named.view;
  tickets_.open(place);
  return Heard::go_on;
}

std::uint16_t Sockets::refuse(edge::ParkedStream& stream, std::uint16_t usual,
                              std::string& reason) {
  if (stream.key != kNobody) return usual;
  reason = "The first message must be JSON text of at most 4 KiB";
  return kRefused;
}

void Sockets::gone(const edge::ParkedStream& stream) {
  if (stream.key != kNobody) tickets_.gone({key_of(stream.key), 0});
}

edge::StreamSource::Next Sockets::render(edge::ParkedStream& stream, StreamKind, std::string& out) {
  if (stream.key == kNobody) return render_unnamed(stream, out);
  const auto view = shard().read(handle_of(stream.key));
  if (view && view->state == TicketState::waiting) return render_waiting(stream, *view, out);
  if (!view || view->state == TicketState::closed) {
    const char* why = view ? room::to_string(view->reason) : "forgotten";
    close(out, fmt::format("This place is given up: {}", why));
    return {{}, true, true};
  }
  const std::string token =
      parts_->jwt.issue({view->id, true}, clock_.wall_now() + parts_->token_ttl);
  ws::append_frame(out, ws::Opcode::text,
                   fmt::format(R"({{"access_token":"{}","uuid":"{}","status":"active"}})", token,
                               wire::to_uuid(view->id)));
  return {{}, true};
}

edge::StreamSource::Next Sockets::render_unnamed(edge::ParkedStream& stream,
                                                 std::string& out) const {
  const Millis now = clock_.steady_now();
  if (stream.memo == 0) stream.memo = memo_of(now, 1);
  const Millis waited = since(stream.memo, now);
  if (waited < kFirstMessage) return {kFirstMessage - waited, false};
  close(out, "No token came");
  return {{}, true, true};
}

edge::StreamSource::Next Sockets::render_waiting(edge::ParkedStream& stream,
                                                 const room::TicketView& view, std::string& out) {
  const Millis now = clock_.steady_now();
  const std::uint32_t position = view.position.value_or(0);
  const Millis quiet = since(stream.memo, now);
  const bool changed = position != static_cast<std::uint32_t>(stream.memo);
  const Millis step = position <= kNearPlaces ? kNear : kRepeat;
  const bool is_due = quiet >= kRepeat || (changed && quiet >= step);
  if (is_due) stream.memo = memo_of(now, show_position(view, out));
  tickets_.keep_presence(key_of(stream.key), view);
  return {is_due ? step : std::max(Millis{1}, std::min(step, kRepeat - quiet)), false};
}

}  // namespace doorward::api::wait_queue
