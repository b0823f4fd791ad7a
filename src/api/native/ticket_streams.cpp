#include "api/native/ticket_streams.hpp"

#include "gateway/ticket_json.hpp"
#include "wire/sse/event_stream.hpp"
#include "wire/websocket/frame.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace doorward::api {
namespace {

using namespace std::chrono_literals;
using edge::StreamKind;
using engine::TicketHandle;
using room::TicketState;

constexpr Millis kNear = 1s;
constexpr Millis kFar = 5s;
// A ticket's presence is written again at most once in that time.
constexpr Millis kPresenceAtMost = 5s;
constexpr std::uint32_t kNearAhead = 100;
constexpr Millis kLongestHeartbeat = 15s;
constexpr Millis kBeatKept = 1s;
constexpr std::size_t kMaxRooms = 100'000;
constexpr std::size_t kMaxMissed = 65'536;
constexpr std::string_view kDevicePrefix = "device:";

std::uint64_t pack(TicketHandle ticket) {
  return std::uint64_t{ticket.generation} << 32 | ticket.index;
}
TicketHandle unpack(std::uint64_t key) {
  return {static_cast<std::uint32_t>(key), static_cast<std::uint32_t>(key >> 32)};
}

// The memo of a stream: when something was sent last, and the place that was sent. Zero: nothing
// yet.
constexpr std::uint32_t kNoPlace = 0xffff'ffff;

std::uint64_t memo_of(Millis sent_at, std::uint32_t place) {
  return static_cast<std::uint64_t>(sent_at.count()) << 32 | place;
}
std::uint32_t sent_place(std::uint64_t memo) { return static_cast<std::uint32_t>(memo); }
std::uint16_t seconds_of(Millis steady) {
  return static_cast<std::uint16_t>(std::chrono::floor<std::chrono::seconds>(steady).count());
}
Millis since_sent(std::uint64_t memo, Millis now) {
  return Millis{static_cast<std::uint32_t>(now.count()) - static_cast<std::uint32_t>(memo >> 32)};
}

}  // namespace

// One presence on its way into the log.
class TicketStreams::PresenceCall final : public engine::Completion {
 public:
  PresenceCall(TicketStreams& streams, std::uint64_t key, const TicketId& ticket, bool starts)
      : streams_(streams), key_(key), ticket_(ticket), starts_(starts) {}
  virtual ~PresenceCall() = default;

  void complete(engine::Outcome outcome) override {
    const std::unique_ptr<PresenceCall> end(this);
    const auto status = outcome.status;
    if (status == engine::Status::unavailable || status == engine::Status::refused_stale)
      streams_.presence_failed(key_, ticket_, starts_);
  }

 private:
  TicketStreams& streams_;
  std::uint64_t key_;
  TicketId ticket_;
  bool starts_;
};

void TicketStreams::attach(gateway::Places& places, edge::ParkingLots& lots) {
  places_ = &places;
  lots_ = &lots;
}

edge::ParkedStream TicketStreams::open(const gateway::Place& place) {
  const std::uint64_t key = pack(place.handle);
  Part& part = part_of(key);
  bool is_first = false;
  {
    const std::lock_guard lock(part.mutex);
    Holder& holder = part.holders[key];
    is_first = holder.streams++ == 0;
    if (is_first) {
      const std::string_view subject = place.subject;
      holder.presence_written = true;
      holder.presence_s = seconds_of(clock_.steady_now());
      holder.is_device =
          subject.starts_with(kDevicePrefix) &&
          parse_hex(subject.substr(kDevicePrefix.size()), holder.device.hi, holder.device.lo);
      if (!holder.is_device) holder.subject = std::make_unique<std::string>(subject);
    }
  }
  if (is_first) write_presence(key, place.view.id, true);
  return {key, 0};
}

void TicketStreams::gone(const edge::ParkedStream& stream) {
  Part& part = part_of(stream.key);
  {
    const std::lock_guard lock(part.mutex);
    const auto holder = part.holders.find(stream.key);
    if (holder == part.holders.end() || --holder->second.streams > 0) return;
    part.holders.erase(holder);
  }
  const auto view = shard().read(unpack(stream.key));
  if (view && view->state != TicketState::closed) write_presence(stream.key, view->id, false);
}

std::size_t TicketStreams::tickets() const {
  std::size_t count = 0;
  for (const Part& part : parts_) {
    const std::lock_guard lock(part.mutex);
    count += part.holders.size();
  }
  return count;
}

void TicketStreams::write_presence(std::uint64_t key, const TicketId& ticket, bool starts) {
  engine::Command command = engine::PresenceEnd{ticket};
  if (starts) command = engine::PresenceStart{ticket};
  // Owns itself until it is completed.
  PresenceCall* const call = std::make_unique<PresenceCall>(*this, key, ticket, starts).release();
  if (shard().submit(std::move(command), *call).has_error())
    call->complete({engine::Status::unavailable, {}, {}});
}

void TicketStreams::presence_failed(std::uint64_t key, const TicketId& ticket, bool starts) {
  if (starts) {
    Part& part = part_of(key);
    const std::lock_guard lock(part.mutex);
    const auto holder = part.holders.find(key);
    if (holder != part.holders.end()) holder->second.presence_written = false;
    return;
  }
  const std::lock_guard lock(missed_mutex_);
  if (missed_ends_.size() < kMaxMissed) missed_ends_.emplace_back(key, ticket);
  any_missed_ = true;
}

// Called when the log moves again, hence takes writes.
void TicketStreams::write_missed_ends() {
  if (!any_missed_.exchange(false)) return;
  std::vector<std::pair<std::uint64_t, TicketId>> ends;
  {
    const std::lock_guard lock(missed_mutex_);
    ends.swap(missed_ends_);
  }
  for (const auto& [key, ticket] : ends) {
    Part& part = part_of(key);
    {
      const std::lock_guard lock(part.mutex);
      if (part.holders.contains(key)) continue;  // the visitor is back
    }
    write_presence(key, ticket, false);
  }
}

void TicketStreams::changed(std::span<const TicketHandle> tickets) {
  edge::ParkingLots* const lots = lots_.load();
  if (lots == nullptr) return;
  std::vector<std::uint64_t> keys;
  keys.reserve(tickets.size());
  for (const TicketHandle ticket : tickets) keys.push_back(pack(ticket));
  lots->wake(keys);
}

void TicketStreams::rooms_changed(std::span<const std::uint32_t>) {
  if (places_.load() != nullptr) write_missed_ends();
}

TicketStreams::Beat TicketStreams::beat_of(std::uint32_t room) {
  const Millis now = clock_.steady_now();
  const std::lock_guard lock(beats_mutex_);
  if (room < beats_.size() && beats_[room] && now - beats_[room]->read_at < kBeatKept)
    return *beats_[room];
  Beat beat{"", kLongestHeartbeat, now};
  if (const auto entry = shard().room(room)) {
    beat.room = entry->name;
    if (const auto silence = entry->view.policy.liveness_silence)
      beat.heartbeat = std::clamp(*silence / 3, kNear, kLongestHeartbeat);
  }
  if (room < kMaxRooms) {
    if (beats_.size() <= room) beats_.resize(room + 1);
    beats_[room] = beat;
  }
  return beat;
}

std::string TicketStreams::subject_of(std::uint64_t key) {
  Part& part = part_of(key);
  const std::lock_guard lock(part.mutex);
  const auto holder = part.holders.find(key);
  if (holder == part.holders.end()) return {};
  const Holder& found = holder->second;
  if (!found.is_device) return *found.subject;
  return std::string(kDevicePrefix) + to_hex(found.device.hi, found.device.lo);
}

void TicketStreams::emit(std::string& out, StreamKind kind, std::string_view event,
                         std::string_view data) {
  const std::string id = to_string(shard().applied());
  if (kind == StreamKind::event_stream) {
    wire::sse::append_event(out, {event, id, data});
    return;
  }
  const std::string text = fmt::format(R"({{"event":"{}","id":"{}","data":{}}})", event, id, data);
  wire::websocket::append_frame(out, wire::websocket::Opcode::text, text);
}

edge::StreamSource::Next TicketStreams::render(edge::ParkedStream& stream, StreamKind kind,
                                               std::string& out) {
  const auto view = shard().read(unpack(stream.key));
  if (!view) {
    emit(out, kind, "closed", R"({"state":"closed","reason":"forgotten"})");
    return {{}, true};
  }
  if (view->state == TicketState::waiting) return render_waiting(stream, kind, *view, out);
  if (view->state == TicketState::admitted) {
    render_admitted(stream, kind, *view, out);
  } else {
    emit(out, kind, "closed", gateway::ticket_json({*view, beat_of(view->room).room, "", "", 0}));
  }
  if (kind == StreamKind::websocket)
    wire::websocket::append_close(out, wire::websocket::CloseCode::kNormal);
  return {{}, true};
}

edge::StreamSource::Next TicketStreams::render_waiting(edge::ParkedStream& stream, StreamKind kind,
                                                       const room::TicketView& view,
                                                       std::string& out) {
  const Millis now = clock_.steady_now();
  const Millis heartbeat = beat_of(view.room).heartbeat;
  const std::uint32_t place = view.position.value_or(kNoPlace);
  const bool is_near = view.position && *view.position <= kNearAhead + 1;
  const Millis step = std::min(is_near ? kNear : kFar, heartbeat);
  const bool is_first = stream.memo == 0;
  const Millis quiet = is_first ? kLongestHeartbeat : since_sent(stream.memo, now);
  if (place != sent_place(stream.memo) && quiet < step) return {step - quiet, false};

  bool beats = false;
  if (is_first || place != sent_place(stream.memo)) {
    emit(out, kind, "position", gateway::position_json(view));
    stream.memo = memo_of(now, place);
  } else if (quiet >= heartbeat) {
    emit(out, kind, "heartbeat", "{}");
    stream.memo = memo_of(now, place);
    beats = true;
  }
  if (beats || view.passed_over) keep_presence(stream.key, view, beats);
  return {step, false};
}

// The stream stands, so the log must have its ticket present: what it did not take is written with
// a beat, and at once where the visitor was passed over meanwhile.
void TicketStreams::keep_presence(std::uint64_t key, const room::TicketView& view, bool beats) {
  const std::uint16_t now_s = seconds_of(clock_.steady_now());
  Part& part = part_of(key);
  {
    const std::lock_guard lock(part.mutex);
    const auto found = part.holders.find(key);
    if (found == part.holders.end()) return;
    Holder& holder = found->second;
    const std::chrono::seconds since{static_cast<std::uint16_t>(now_s - holder.presence_s)};
    const bool is_missed = beats && !holder.presence_written;
    if (!is_missed && !(view.passed_over && since >= kPresenceAtMost)) return;
    holder.presence_written = true;
    holder.presence_s = now_s;
  }
  write_presence(key, view.id, true);
}

void TicketStreams::render_admitted(const edge::ParkedStream& stream, StreamKind kind,
                                    const room::TicketView& view, std::string& out) {
  gateway::Place place;
  place.handle = unpack(stream.key);
  place.view = view;
  place.room = beat_of(view.room).room;
  place.subject = subject_of(stream.key);
  place.at = shard().applied();
  emit(out, kind, "admitted", places_.load()->json_for(place));
}

// A visitor has nothing to say over a socket; what it says only shows that it is there.
bool TicketStreams::message(edge::ParkedStream&, std::string_view, std::string&) { return true; }

}  // namespace doorward::api
