// Parked event streams and WebSockets: connections that wait without a coroutine frame or a buffer.
//
// Why:     a hundred thousand waiters cost a socket, a key and one `async_wait` each. The edge
//          knows no rooms: it holds an opaque key, and asks the source what to send when the key
//          was woken, when its time has come, or when the peer spoke.
// Threads: `StreamSource` is called on the loop that holds the connection; `ParkingLots::wake` from
//          any thread. A stream never moves to another loop.
// Bounds:  a rendered piece at most 64 KiB; a peer that does not take its bytes within the write
//          deadline is cut. A WebSocket message from a visitor at most 4 KiB.
// Spec:    WHATWG HTML "server-sent events"; RFC 6455.
#pragma once

#include "base/time.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace doorward::edge {

enum class StreamKind : std::uint8_t { event_stream, websocket };

// What a parked connection carries for its source. `memo` is the source's own note (what was sent
// last); it may change it in every call. The key it may change in `message`, as when only the
// peer's first message says whose socket it is; then it is asked to render soon.
struct ParkedStream {
  std::uint64_t key = 0;
  std::uint64_t memo = 0;
};

class StreamSource {
 public:
  struct Next {
    Millis again_in{};  // ask again after this long, if nobody wakes it before
    bool end = false;   // close once `out` is sent
    bool said = false;  // the end of a WebSocket, by a close frame that is in `out`
  };
  enum class Heard : std::uint8_t {
    go_on,
    close,   // as a normal end
    closed,  // as the close frame in `out` says
  };

  // Appends to `out` what is to be sent now, framed for `kind` (event-stream text, or WebSocket
  // frames). Called once right after parking.
  virtual Next render(ParkedStream& stream, StreamKind kind, std::string& out) = 0;

  // A whole text message of a WebSocket peer; what it appends to `out` is sent.
  virtual Heard message(ParkedStream& stream, std::string_view text, std::string& out) = 0;
  // The peer sent what is no text message: bytes, broken UTF-8, or too much. The code for the close
  // frame is the usual one, and may be answered with a reason.
  virtual std::uint16_t refuse(ParkedStream& stream, std::uint16_t usual, std::string& reason) {
    static_cast<void>(stream), static_cast<void>(reason);
    return usual;
  }

  // The connection is gone; the last call for it.
  virtual void gone(const ParkedStream& stream) = 0;

 protected:
  ~StreamSource() = default;
};

// Every loop's parked connections, seen from outside.
class ParkingLots {
 public:
  // Asks the streams with these keys to render soon. Cheap for keys that nobody holds.
  virtual void wake(std::span<const std::uint64_t> keys) = 0;

 protected:
  ~ParkingLots() = default;
};

}  // namespace doorward::edge
