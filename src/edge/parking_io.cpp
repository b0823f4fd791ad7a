// The parking lot's bytes: what its peers send, and what they are sent.
#include "edge/loop.hpp"
#include "edge/parking_lot.hpp"
#include "edge/parking_slot.hpp"

#include <boost/asio/bind_allocator.hpp>
#include <boost/asio/buffer.hpp>

namespace doorward::edge {

namespace asio = boost::asio;
namespace ws = wire::websocket;
using boost::system::error_code;

namespace {

constexpr std::size_t kMostUnsent = 65'536;
constexpr std::size_t kMostDropped = 4'096;
constexpr int kReadsPerTurn = 8;

}  // namespace

void ParkingLot::listen(Slot& slot) {
  ++slot.waits;
  // One capture, so that the operation fits into the slot.
  const OperationAllocator<void> allocator(slot.wait_memory);
  slot.socket->async_wait(Socket::wait_read,
                          asio::bind_allocator(allocator, [&slot](error_code ec) {
                            ParkingLot& lot = slot.lot;
                            if (!ec && slot.open) lot.readable(slot);
                            lot.release(slot);
                          }));
}

void ParkingLot::readable(Slot& slot) {
  for (int i = 0; i < kReadsPerTurn; ++i) {
    error_code ec;
    const std::size_t size = slot.socket->read_some(asio::buffer(input_), ec);
    if (ec == asio::error::would_block) break;
    if (ec) return close(slot);
    loop_.counters().bytes_in.add(size);
    if (!take_input(slot, {input_.data(), size})) return;
    if (size < input_.size()) break;
  }
  listen(slot);
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
        if (slot.ending || source_->message(slot.stream, event.payload, out)) break;
        ws::append_close(out, ws::kNormal);
        return false;
      case ws::Event::Kind::binary:
        if (!slot.ending) ws::append_close(out, ws::kUnsupportedData);
        return false;
      case ws::Event::Kind::close:
        if (!slot.ending) ws::append_close(out, event.close_code);
        return false;
      case ws::Event::Kind::error:
        if (!slot.ending) ws::append_close(out, event.close_code);
        return false;
    }
  }
}

void ParkingLot::send(Slot& slot, std::string_view bytes) {
  if (bytes.empty()) return;
  if (slot.sending()) {
    std::string& unsent = slot.extra->unsent;
    if (unsent.size() - slot.extra->sent + bytes.size() > kMostUnsent) return close(slot);
    unsent.append(bytes);
    return;
  }
  error_code ec;
  const std::size_t sent = slot.socket->write_some(asio::buffer(bytes), ec);
  loop_.counters().bytes_out.add(sent);
  if (ec && ec != asio::error::would_block) return close(slot);
  if (sent == bytes.size()) return;
  slot.need_extra().unsent.assign(bytes.substr(sent));
  slot.extra->sent = 0;
  wait_to_send(slot);
}

void ParkingLot::wait_to_send(Slot& slot) {
  ++slot.waits;
  loop_.wheel().set(slot, loop_.now() + loop_.options().parking.write);
  slot.socket->async_wait(Socket::wait_write, [this, &slot](error_code ec) {
    if (!ec && slot.open) writable(slot);
    release(slot);
  });
}

void ParkingLot::writable(Slot& slot) {
  Extra& extra = *slot.extra;
  error_code ec;
  const std::size_t sent = slot.socket->write_some(
      asio::buffer(extra.unsent.data() + extra.sent, extra.unsent.size() - extra.sent), ec);
  loop_.counters().bytes_out.add(sent);
  if (ec && ec != asio::error::would_block) return close(slot);
  extra.sent += sent;
  if (extra.sent < extra.unsent.size()) return wait_to_send(slot);
  extra.unsent = std::string();
  if (extra.idle()) slot.extra.reset();
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
  slot.ending = true;
  if (slot.kind == StreamKind::websocket) {
    // The peer answers with its own close, and then closes.
    loop_.wheel().set(slot, loop_.now() + loop_.options().deadlines.linger);
  } else if (!slot.sending()) {
    half_close(slot);
  }
}

// Everything is said: the peer's end, or the deadline, ends it.
void ParkingLot::half_close(Slot& slot) {
  slot.ending = true;
  if (slot.sending() || std::exchange(slot.shut, true)) return;
  error_code ec;
  slot.socket->shutdown(Socket::shutdown_send, ec);
  loop_.wheel().set(slot, loop_.now() + loop_.options().deadlines.linger);
}

}  // namespace doorward::edge
