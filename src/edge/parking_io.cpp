// The parking lot's bytes: what its peers send, and what they are sent.
#include "edge/loop.hpp"
#include "edge/parking_lot.hpp"
#include "edge/parking_slot.hpp"

#include <sys/socket.h>
#include <algorithm>
#include <cerrno>
#include <optional>

namespace doorward::edge {

namespace ws = wire::websocket;

namespace {

constexpr std::size_t kMostUnsent = 65'536;
constexpr std::size_t kMostDropped = 4'096;
constexpr int kReadsPerTurn = 8;

std::optional<std::size_t> moved(ssize_t size) {
  if (size >= 0) return static_cast<std::size_t>(size);
  if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) return 0;
  return std::nullopt;
}

// How much there was; nothing at the end of the connection.
std::optional<std::size_t> receive(int socket, std::span<char> into) {
  const ssize_t size = ::recv(socket, into.data(), into.size(), MSG_DONTWAIT);
  return size == 0 ? std::nullopt : moved(size);
}

// How much was taken; nothing if the connection is broken.
std::optional<std::size_t> send_some(int socket, std::string_view bytes) {
  return moved(::send(socket, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL));
}

}  // namespace

void ParkingLot::ready(Slot& slot, const PollEvent& event) {
  if (event.writable && slot.open && slot.sending()) send_unsent(slot);
  if (event.readable && slot.open) readable(slot);
}

void ParkingLot::readable(Slot& slot) {
  for (int i = 0; i < kReadsPerTurn; ++i) {
    const std::optional<std::size_t> size = receive(slot.socket, input_);
    if (!size) return close(slot);
    loop_.counters().bytes_in.add(*size);
    if (!take_input(slot, {input_.data(), *size}) || *size < input_.size()) return;
  }
}

// False: the slot was closed.
bool ParkingLot::take_input(Slot& slot, std::string_view bytes) {
  if (bytes.empty()) return true;
  if (slot.kind == StreamKind::event_stream) {
    // Nothing follows the request of an event stream; some clients send a line break.
    slot.dropped = static_cast<std::uint16_t>(
        std::min<std::size_t>(slot.dropped + bytes.size(), kMostDropped + 1));
    if (slot.dropped > kMostDropped) close(slot);
    return slot.open;
  }
  std::string out;
  const bool go_on = take_frames(slot, bytes, out);
  if (!slot.open) return false;
  if (!out.empty()) send(slot, out);
  if (!go_on && slot.open) half_close(slot);
  return slot.open;
}

// Answers frames into `out`. False: a close was written there, or received.
bool ParkingLot::take_frames(Slot& slot, std::string_view bytes, std::string& out) {
  const std::size_t most = loop_.options().parking.message_bytes;
  std::optional<ws::Decoder> decoder;
  if (slot.extra && slot.extra->decoder) {
    decoder.swap(slot.extra->decoder);
    if (slot.extra->idle()) slot.extra.reset();
  } else {
    decoder.emplace(most);
  }
  for (;;) {
    const ws::Event event = decoder->next(bytes);
    bytes.remove_prefix(event.consumed);
    switch (event.kind) {
      case ws::Event::Kind::need_more:
        if (!decoder->idle()) slot.need_extra().decoder.swap(decoder);
        return true;
      case ws::Event::Kind::ping:
        if (!slot.ending) ws::append_frame(out, ws::Opcode::pong, event.payload);
        break;
      case ws::Event::Kind::pong: break;
      case ws::Event::Kind::text:
        if (slot.ending || take_text(slot, event.payload, out)) break;
        return false;
      case ws::Event::Kind::binary:
        if (!slot.ending) refuse(slot, ws::kUnsupportedData, out);
        return false;
      case ws::Event::Kind::close:
        if (!slot.ending) ws::append_close(out, event.close_code);
        return false;
      case ws::Event::Kind::error:
        if (!slot.ending) refuse(slot, event.close_code, out);
        return false;
    }
  }
}

// False: a close was written.
bool ParkingLot::take_text(Slot& slot, std::string_view text, std::string& out) {
  const std::uint64_t key = slot.stream.key;
  const StreamSource::Heard heard = source_->message(slot.stream, text, out);
  if (slot.stream.key != key) rename(slot, key);
  if (heard == StreamSource::Heard::close) ws::append_close(out, ws::kNormal);
  return heard == StreamSource::Heard::go_on;
}

void ParkingLot::refuse(Slot& slot, std::uint16_t usual, std::string& out) {
  std::string reason;
  std::uint16_t code = usual;
  // Who breaks the protocol hears of that alone.
  if (usual != ws::kProtocolError) code = source_->refuse(slot.stream, usual, reason);
  ws::append_close(out, code, reason);
}

void ParkingLot::send(Slot& slot, std::string_view bytes) {
  if (bytes.empty()) return;
  if (slot.sending()) {
    std::string& unsent = slot.extra->unsent;
    if (unsent.size() + bytes.size() > kMostUnsent) return close(slot);
    unsent.append(bytes);
    return;
  }
  const std::optional<std::size_t> sent = send_some(slot.socket, bytes);
  if (!sent) return close(slot);
  loop_.counters().bytes_out.add(*sent);
  if (*sent == bytes.size()) return;
  slot.need_extra().unsent.assign(bytes.substr(*sent));
  if (!poll_.also_writable(slot.socket, &slot, true)) return close(slot);
  wait_to_send(slot);
}

void ParkingLot::wait_to_send(Slot& slot) {
  loop_.wheel().set(slot, loop_.now() + loop_.options().parking.write);
}

void ParkingLot::send_unsent(Slot& slot) {
  Extra& extra = *slot.extra;
  const std::optional<std::size_t> sent = send_some(slot.socket, extra.unsent);
  if (!sent) return close(slot);
  loop_.counters().bytes_out.add(*sent);
  extra.unsent.erase(0, *sent);
  if (!extra.unsent.empty()) return wait_to_send(slot);
  if (!poll_.also_writable(slot.socket, &slot, false)) return close(slot);
  all_sent(slot);
}

void ParkingLot::all_sent(Slot& slot) {
  slot.extra->unsent = std::string();
  if (slot.extra->idle()) slot.extra.reset();
  slot.clear();
  if (slot.ending) return half_close(slot);
  if (slot.again_ms != 0) loop_.wheel().set(slot, loop_.now() + Millis(slot.again_ms));
  if (std::exchange(slot.due, false)) make_due(slot);
}

void ParkingLot::say_goodbye(Slot& slot, std::uint16_t code) {
  if (slot.kind == StreamKind::websocket) {
    std::string out;
    ws::append_close(out, code);
    send(slot, out);
    if (!slot.open) return;
  }
  finish(slot);
}

void ParkingLot::finish(Slot& slot) {
  slot.ending = true;
  if (slot.kind == StreamKind::websocket) {
    // The peer answers with its own close, and then closes.
    loop_.wheel().set(slot, loop_.now() + loop_.deadlines().linger);
  } else if (!slot.sending()) {
    half_close(slot);
  }
}

// Everything is said: the peer's end, or the deadline, ends it.
void ParkingLot::half_close(Slot& slot) {
  slot.ending = true;
  if (slot.sending() || std::exchange(slot.shut, true)) return;
  ::shutdown(slot.socket, SHUT_WR);
  loop_.wheel().set(slot, loop_.now() + loop_.deadlines().linger);
}

}  // namespace doorward::edge
