#include "api/compat/ticketing_gateway/voice.hpp"

#include "api/compat/ticketing_gateway/envelope.hpp"
#include "wire/sse/event_stream.hpp"

#include <boost/json.hpp>

#include <algorithm>

namespace doorward::api::ticketing_gateway {
namespace {

using namespace std::chrono_literals;
namespace json = boost::json;
using room::TicketState;

constexpr Millis kStatusEvery = 10s;
constexpr Millis kHeartbeatEvery = 30s;

void append(std::string& out, std::string_view event, const json::object& data) {
  wire::sse::append_event(out, {event, {}, json::serialize(data)});
}

// The memo: when the last status and the last heartbeat were due, in milliseconds, cut. Zero: none
// was yet.
struct Memo {
  std::uint32_t status = 0;
  std::uint32_t heartbeat = 0;
};
Memo read(std::uint64_t memo) {
  return {static_cast<std::uint32_t>(memo >> 32), static_cast<std::uint32_t>(memo)};
}
std::uint64_t write(Memo memo) { return std::uint64_t{memo.status} << 32 | memo.heartbeat; }

// True once in every `every`; keeps the beat, and loses those that were missed altogether.
bool is_due(std::uint32_t& last, std::uint32_t now, Millis every) {
  const auto step = static_cast<std::uint32_t>(every.count());
  const std::uint32_t since = now - last;
  if (since < step) return false;
  last += since / step * step;
  return true;
}

Millis left(std::uint32_t last, std::uint32_t now, Millis every) {
  return every - Millis{now - last};
}

}  // namespace

edge::StreamSource::Next Voice::render(std::uint64_t& memo, edge::StreamKind,
                                       const std::optional<room::TicketView>& view,
                                       std::string& out) {
  if (!view || view->state == TicketState::closed) {
    append_not_in_queue(out, messages_);
    return {{}, true};
  }
  if (view->state == TicketState::admitted) {
    append(out, "ALLOWED_IN", {{"message", messages_.may_enter}});
    return {{}, true};
  }
  // Odd, so that it is never zero.
  const auto now = static_cast<std::uint32_t>(clock_.steady_now().count()) | 1U;
  Memo sent = read(memo);
  const bool is_first = memo == 0;
  if (is_first) sent = {now, now};
  if (is_first || is_due(sent.status, now, kStatusEvery))
    append(out, "STATUS_UPDATE", status_of(*view));
  if (is_due(sent.heartbeat, now, kHeartbeatEvery))
    append(out, "HEARTBEAT", {{"timestamp", clock_.wall_now().time_since_epoch().count()}});
  memo = write(sent);
  return {
      std::min(left(sent.status, now, kStatusEvery), left(sent.heartbeat, now, kHeartbeatEvery)),
      false};
}

void append_not_in_queue(std::string& out, const Messages& messages) {
  append(out, "ERROR", {{"code", "NOT_IN_QUEUE"}, {"message", messages.not_in_queue}});
}

}  // namespace doorward::api::ticketing_gateway
