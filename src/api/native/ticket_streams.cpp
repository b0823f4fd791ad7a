#include "api/native/ticket_streams.hpp"

#include "api/native/ticket_memo.hpp"
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
constexpr std::string_view kDevicePrefix = "device:";

std::uint16_t seconds_of(Millis steady) {
  return static_cast<std::uint16_t>(std::chrono::floor<std::chrono::seconds>(steady).count());
}

std::uint64_t pack(TicketHandle ticket) {
  return std::uint64_t{ticket.generation} << 32 | ticket.index;
}
TicketHandle unpack(std::uint64_t key) {
  return {static_cast<std::uint32_t>(key), static_cast<std::uint32_t>(key >> 32)};
}

// A stream's key is its ticket's with the voice in the two highest bits of the index: there is not
// memory for so many tickets.
constexpr int kVoiceShift = 30;
std::uint64_t with_voice(std::uint64_t ticket, std::size_t voice) {
  return ticket | std::uint64_t{voice} << kVoiceShift;
}
std::size_t voice_of(std::uint64_t key) { return key >> kVoiceShift & 3; }
std::uint64_t without_voice(std::uint64_t key) { return key & ~(std::uint64_t{3} << kVoiceShift); }

}  // namespace

// One presence on its way into the log.
class TicketStreams::PresenceCall final : public engine::Completion {
 public:
  PresenceCall(TicketStreams& streams, std::uint64_t key, bool starts)
      : streams_(streams), key_(key), starts_(starts) {}
  virtual ~PresenceCall() = default;

  void complete(engine::Outcome outcome) override {
    const std::unique_ptr<PresenceCall> end(this);
    const auto status = outcome.status;
    const bool failed =
        status == engine::Status::unavailable || status == engine::Status::refused_stale;
    streams_.told(key_, failed ? Told::unsure : starts_ ? Told::here : Told::away);
  }

 private:
  TicketStreams& streams_;
  std::uint64_t key_;
  bool starts_;
};

void TicketStreams::attach(gateway::Places& places, edge::ParkingLots& lots) {
  places_ = &places;
  lots_ = &lots;
  seats_.attach(places.services().shard);
}

void TicketStreams::speak(StreamVoice as, TicketVoice& voice) {
  spoken_[static_cast<std::size_t>(as)].voice = &voice;
}

edge::ParkedStream TicketStreams::open(const gateway::Place& place, StreamVoice as) {
  const auto voice = static_cast<std::size_t>(as);
  const std::uint64_t key = pack(place.handle);
  ++spoken_[voice].streams;
  Part& part = part_of(key);
  {
    const std::lock_guard lock(part.mutex);
    const auto [found, is_new] = part.holders.try_emplace(key);
    Holder& holder = found->second;
    ++holder.streams;
    if (is_new) {
      const std::string_view subject = place.subject;
      holder.is_device =
          subject.starts_with(kDevicePrefix) &&
          parse_hex(subject.substr(kDevicePrefix.size()), holder.device.hi, holder.device.lo);
      if (!holder.is_device) holder.subject = std::make_unique<std::string>(subject);
    }
  }
  settle(key);
  return {with_voice(key, voice), 0};
}

void TicketStreams::gone(const edge::ParkedStream& stream) {
  if (SeatStreams::owns(stream.key)) return seats_.gone(stream);
  --spoken_[voice_of(stream.key)].streams;
  const std::uint64_t key = without_voice(stream.key);
  Part& part = part_of(key);
  {
    const std::lock_guard lock(part.mutex);
    const auto holder = part.holders.find(key);
    if (holder == part.holders.end() || --holder->second.streams > 0) return;
  }
  settle(key);
}

std::size_t TicketStreams::tickets() const {
  std::size_t count = 0;
  for (const Part& part : parts_) {
    const std::lock_guard lock(part.mutex);
    count += part.holders.size();
  }
  return count;
}

// Tells the log what is so, unless it knows or is being told. False: the log refused at once.
bool TicketStreams::settle(std::uint64_t key) {
  const auto view = shard().read(unpack(key));
  // Whoever waits no more has no presence.
  const bool waits = view && view->state == TicketState::waiting;
  bool starts = false;
  {
    Part& part = part_of(key);
    const std::lock_guard lock(part.mutex);
    const auto found = part.holders.find(key);
    if (found == part.holders.end() || found->second.is_telling) return true;
    Holder& holder = found->second;
    starts = holder.streams > 0;
    if (!starts && (!waits || holder.told == Told::away)) {
      part.holders.erase(found);
      return true;
    }
    if (!waits || (starts && holder.told == Told::here)) return true;
    holder.is_telling = true;
    holder.presence_s = seconds_of(clock_.steady_now());
  }
  return write_presence(key, view->id, starts);
}

bool TicketStreams::write_presence(std::uint64_t key, const TicketId& ticket, bool starts) {
  engine::Command command = engine::PresenceEnd{ticket};
  if (starts) command = engine::PresenceStart{ticket};
  // Owns itself until it is completed.
  PresenceCall* const call = std::make_unique<PresenceCall>(*this, key, starts).release();
  if (shard().submit(std::move(command), *call)) return true;
  call->complete({engine::Status::unavailable, {}, {}});
  return false;
}

void TicketStreams::told(std::uint64_t key, Told what) {
  {
    Part& part = part_of(key);
    const std::lock_guard lock(part.mutex);
    const auto found = part.holders.find(key);  // there, since a row stays while it is telling
    found->second.is_telling = false;
    found->second.told = what;
  }
  if (what == Told::unsure) {
    any_missed_ = true;
  } else {
    settle(key);
  }
}

void TicketStreams::write_missed() {
  if (!any_missed_.exchange(false)) return;
  for (Part& part : parts_) {
    std::vector<std::uint64_t> missed;
    {
      const std::lock_guard lock(part.mutex);
      for (const auto& [key, holder] : part.holders)
        if (holder.told == Told::unsure) missed.push_back(key);
    }
    for (const std::uint64_t key : missed)
      if (!settle(key)) return;  // the rest is tried with the next call
  }
}

void TicketStreams::changed(std::span<const TicketHandle> tickets) {
  std::vector<std::uint64_t> keys;
  keys.reserve(tickets.size());
  for (const TicketHandle ticket : tickets) keys.push_back(pack(ticket));
  wake(keys);
}

void TicketStreams::rooms_changed(std::span<const std::uint32_t> rooms) {
  if (places_.load() == nullptr) return;
  bool any = false;
  for (const std::uint32_t room : rooms) any = halts_otherwise(room) || any;
  if (any) wake_all();
}

// With every batch that moves a place: only rooms that a stream has asked about are looked at.
bool TicketStreams::halts_otherwise(std::uint32_t room) {
  const std::lock_guard lock(beats_mutex_);
  if (room >= beats_.size() || !beats_[room]) return false;
  const Halt told = beats_[room]->told;
  auto now = read_beat(room, clock_.steady_now());
  if (!now) return false;  // removed: its visitors are told one by one
  beats_[room] = std::move(now);
  return beats_[room]->told != told;
}

void TicketStreams::sold_out_changed(std::span<const std::uint32_t>) { wake_all(); }

// Seldom, and for every stream: each finds out by itself whether it is about its room.
void TicketStreams::wake_all() {
  for (const Part& part : parts_) {
    std::vector<std::uint64_t> keys;
    {
      const std::lock_guard lock(part.mutex);
      keys.reserve(part.holders.size());
      for (const auto& [key, holder] : part.holders) keys.push_back(key);
    }
    wake(keys);
  }
}

void TicketStreams::wake(std::span<const std::uint64_t> tickets) {
  edge::ParkingLots* const lots = lots_.load();
  if (lots == nullptr) return;
  std::vector<std::uint64_t> keys;
  keys.reserve(tickets.size());
  for (std::size_t voice = 0; voice < kVoices; ++voice) {
    if (spoken_[voice].streams == 0) continue;
    for (const std::uint64_t ticket : tickets) keys.push_back(with_voice(ticket, voice));
  }
  if (any_marked_.load(std::memory_order_relaxed)) {
    for (const std::uint64_t ticket : tickets) keys.push_back(ticket | kMarked);
  }
  lots->wake(keys);
}

std::optional<TicketStreams::Beat> TicketStreams::read_beat(std::uint32_t room, Millis now) const {
  const auto entry = shard().room(room);
  if (!entry) return std::nullopt;
  const room::Policy& policy = entry->view.policy;
  const Halt halt{policy.mode == room::Mode::paused, entry->view.awaits_draw};
  const auto opens_at = gateway::opening_of(policy, places_.load()->now());
  Beat beat{entry->name, kLongestHeartbeat, now, halt, opens_at, halt};
  if (const auto silence = policy.liveness_silence)
    beat.heartbeat = std::clamp(*silence / 3, kNear, kLongestHeartbeat);
  return beat;
}

TicketStreams::Beat TicketStreams::beat_of(std::uint32_t room) {
  const Millis now = clock_.steady_now();
  const std::lock_guard lock(beats_mutex_);
  const bool known = room < beats_.size() && beats_[room];
  if (known && now - beats_[room]->read_at < kBeatKept) return *beats_[room];
  Beat beat = read_beat(room, now).value_or(Beat{"", kLongestHeartbeat, now});
  if (room >= kMaxRooms) return beat;
  if (beats_.size() <= room) beats_.resize(room + 1);
  // Read between a change and its news: the other streams are still to be woken for it.
  if (known) beat.told = beats_[room]->told;
  beats_[room] = beat;
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
  if (SeatStreams::owns(stream.key)) return seats_.render(stream, kind, out);
  if (voice_of(stream.key) != 0) return render_spoken(stream, kind, out);
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

edge::StreamSource::Next TicketStreams::render_spoken(edge::ParkedStream& stream, StreamKind kind,
                                                      std::string& out) {
  const std::uint64_t key = without_voice(stream.key);
  const auto view = shard().read(unpack(key));
  if (view && view->state == TicketState::waiting) keep_presence(key, *view);
  return spoken_[voice_of(stream.key)].voice->render(stream.memo, kind, view, out);
}

edge::StreamSource::Next TicketStreams::render_waiting(edge::ParkedStream& stream, StreamKind kind,
                                                       const room::TicketView& view,
                                                       std::string& out) {
  const Millis now = clock_.steady_now();
  const Beat beat = beat_of(view.room);
  const Millis heartbeat = beat.heartbeat;
  const std::uint32_t place = std::min(view.position.value_or(kNoPlace), kNoPlace) |
                              (view.sold_out ? kSoldOut : 0) | (beat.halt.paused ? kPaused : 0);
  const bool is_near = view.position && *view.position <= kNearAhead + 1;
  const Millis step = std::min(is_near ? kNear : kFar, heartbeat);
  const bool is_first = stream.memo == 0;
  const Millis quiet = is_first ? kLongestHeartbeat : since_sent(stream.memo, now);
  const bool changed = is_first || place != sent_place(stream.memo);
  if (changed && quiet < step && !is_first && !is_urgent(place, sent_place(stream.memo)))
    return {step - quiet, false};

  if (changed || quiet >= heartbeat) {
    // A heartbeat says the same: the wait and the others change where the place stands still.
    const bool is_ahead = beat.opens_at && *beat.opens_at > places_.load()->now();
    emit(out, kind, changed ? "position" : "heartbeat",
         gateway::position_json(view, beat.halt.paused, is_ahead ? beat.opens_at : std::nullopt));
    stream.memo = memo_of(now, place);
  }
  keep_presence(stream.key, view);
  return {step, false};
}

void TicketStreams::keep_presence(std::uint64_t key, const room::TicketView& view) {
  if (!view.passed_over && !view.absent) return;
  const std::uint16_t now_s = seconds_of(clock_.steady_now());
  Part& part = part_of(key);
  {
    const std::lock_guard lock(part.mutex);
    const auto found = part.holders.find(key);
    if (found == part.holders.end() || found->second.is_telling) return;
    Holder& holder = found->second;
    const std::chrono::seconds since{static_cast<std::uint16_t>(now_s - holder.presence_s)};
    if (since < kPresenceAtMost) return;
    holder.is_telling = true;
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
edge::StreamSource::Heard TicketStreams::message(edge::ParkedStream&, std::string_view,
                                                 std::string&) {
  return Heard::go_on;
}

}  // namespace doorward::api
