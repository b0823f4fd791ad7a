#include "api/live/streams.hpp"

#include "wire/sse/event_stream.hpp"
#include "wire/websocket/frame.hpp"

#include <fmt/format.h>

#include <utility>

namespace doorward::api::live {
namespace {

using namespace std::chrono_literals;
using edge::StreamKind;

constexpr Millis kLook = 250ms;
constexpr Millis kSoon = 10ms;  // there is more
constexpr Millis kHeartbeat = 15s;
constexpr std::size_t kMostBytes = 32 * 1024;
constexpr std::size_t kMostReads = 16;

void put(std::string& out, StreamKind kind, std::string_view text) {
  if (kind == StreamKind::event_stream) {
    wire::sse::append_event(out, {"", "", text});
  } else {
    wire::websocket::append_frame(out, wire::websocket::Opcode::text, text);
  }
}

}  // namespace

std::string Watcher::show_lost(std::uint64_t count) const {
  return fmt::format(R"({{"type":"lost","count":{}}})", count);
}

std::optional<edge::ParkedStream> Streams::open(std::unique_ptr<Watcher> watcher) {
  auto made = std::make_shared<Held>();
  made->watcher = std::move(watcher);
  const std::lock_guard lock(mutex_);
  if (streams_.size() >= kMostStreams) return std::nullopt;
  while (streams_.contains(kFirstKey | next_)) ++next_;
  made->cursor = bus_.join();
  const edge::ParkedStream stream{kFirstKey | next_++, 0};
  streams_.emplace(stream.key, std::move(made));
  return stream;
}

void Streams::gone(const edge::ParkedStream& stream) {
  std::shared_ptr<Held> last;
  const std::lock_guard lock(mutex_);
  const auto found = streams_.find(stream.key);
  if (found == streams_.end()) return;
  last = std::move(found->second);
  streams_.erase(found);
  bus_.leave();
}

std::size_t Streams::count() const {
  const std::lock_guard lock(mutex_);
  return streams_.size();
}

Streams::Counts Streams::counts() const {
  Counts counts;
  const std::lock_guard lock(mutex_);
  for (const auto& [key, held] : streams_)
    ++(held->is_socket.load(std::memory_order_relaxed) ? counts.sockets : counts.event_streams);
  return counts;
}

std::shared_ptr<Streams::Held> Streams::held(std::uint64_t key) const {
  const std::lock_guard lock(mutex_);
  const auto found = streams_.find(key);
  return found == streams_.end() ? nullptr : found->second;
}

edge::StreamSource::Next Streams::render(edge::ParkedStream& stream, StreamKind kind,
                                         std::string& out) {
  const std::shared_ptr<Held> found = held(stream.key);
  if (!found) return {{}, true};
  const Millis now = clock_.steady_now();
  const bool is_first = std::exchange(stream.memo, 1) == 0;
  if (is_first) found->is_socket.store(kind == StreamKind::websocket, std::memory_order_relaxed);
  if (is_first && kind == StreamKind::event_stream) wire::sse::append_retry(out, 1s);
  Watcher::Texts texts;
  found->watcher->show_regular(now, texts);
  for (const std::string& text : texts) put(out, kind, text);
  const bool is_more = show_events(*found, kind, out);
  if (out.empty() && now - found->sent_at >= kHeartbeat) {
    if (kind == StreamKind::event_stream) {
      wire::sse::append_comment(out, "");
    } else {
      wire::websocket::append_frame(out, wire::websocket::Opcode::ping, "");
    }
  }
  if (!out.empty()) found->sent_at = now;
  return {is_more ? kSoon : kLook, false};
}

// True: the rendering is full, and there is more.
bool Streams::show_events(Held& held, StreamKind kind, std::string& out) {
  std::vector<Bus::EventPtr> events;
  for (std::size_t i = 0; i < kMostReads && out.size() < kMostBytes; ++i) {
    events.clear();
    const std::uint64_t lost = bus_.read(held.cursor, events);
    if (lost > 0) put(out, kind, held.watcher->show_lost(lost));
    for (const Bus::EventPtr& event : events)
      if (held.watcher->wants(*event)) put(out, kind, held.watcher->show(*event));
    if (events.size() < Bus::kMostAtOnce) return false;
  }
  return true;
}

edge::StreamSource::Heard Streams::message(edge::ParkedStream& stream, std::string_view text,
                                           std::string& out) {
  const std::shared_ptr<Held> found = held(stream.key);
  if (!found) return Heard::close;
  Watcher::Texts texts;
  const bool goes_on = found->watcher->message(text, texts);
  for (const std::string& answer : texts) put(out, StreamKind::websocket, answer);
  return goes_on ? Heard::go_on : Heard::close;
}

}  // namespace doorward::api::live
