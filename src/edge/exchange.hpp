// One request and its answer, whatever protocol carries them.
//
// Why:     handlers, filters and the proxy see this and never a socket, so that HTTP/2 can fill it
//          tomorrow without a change above the edge.
// Ownership: belongs to the connection, and is valid until the handler's coroutine returns.
// Threads: on the loop of its connection only.
// Bounds:  the request head was checked against the listener's limits; a body is read in pieces of
// at
//          most 64 KiB, and every read and write has the listener's deadlines.
// Caution: GCC 12 destroys temporaries wrongly where an await stands in `&&`, `||` or `?:`, or
//          takes an argument in braces: await into a named variable, and give named arguments.
// Errors:  closed (the peer went away), timed_out, too_large, invalid (broken framing). After an
// error
//          the exchange is over; the handler just returns.
#pragma once

#include "base/result.hpp"
#include "edge/parking.hpp"
#include "wire/http/head.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/address.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace doorward::edge {

template <class T = void>
using Task = boost::asio::awaitable<T>;

struct Peer {
  boost::asio::ip::address address;
  std::uint16_t port = 0;
  bool tls = false;
  bool admin_listener = false;  // came in on the listener for admin calls
};

// A whole answer for `Exchange::respond`. Content-Length and Date are set by the edge.
struct Response {
  wire::ResponseHead head = {};
  std::string body = {};
  bool own_problem = false;  // says what went wrong here, and comes from no backend
};

// How the length of a streamed answer is said on the wire.
struct BodyLength {
  bool known = false;
  std::uint64_t bytes = 0;
};

// Both directions of an upgraded connection (`101`). `read` is empty at the peer's end.
class Tunnel {
 public:
  virtual ~Tunnel() = default;
  virtual Task<Result<std::string_view>> read() = 0;  // valid until the next read
  virtual Task<Result<>> write(std::string_view bytes) = 0;
  virtual void shutdown_write() = 0;
  virtual void close() = 0;
};

class Exchange {
 public:
  virtual ~Exchange() = default;

  virtual const wire::RequestHead& request() const = 0;
  virtual wire::RequestHead& request() = 0;  // filters may edit it
  virtual const Peer& peer() const = 0;

  // Whether the peer hung up, or ended its side, as far as the socket knows now. For handlers that
  // wait long: a write to one who hung up succeeds once.
  virtual bool peer_is_gone() const = 0;

  // Request body. `read_body` gives the next piece, empty at the end, valid until the next call;
  // the first call sends `100 Continue` where the client waits for it.
  virtual bool has_body() const = 0;
  virtual std::optional<std::uint64_t> body_length() const = 0;  // absent: chunked
  virtual Task<Result<std::string_view>> read_body() = 0;
  // The whole body, or too_large.
  virtual Task<Result<std::string>> read_whole_body(std::size_t limit) = 0;
  virtual const wire::Fields& request_trailers() const = 0;  // after the end of the body

  // Answer: either `respond` once, or `begin`, any number of `write`, `end`.
  virtual bool answered() const = 0;  // a final head was sent
  virtual Task<Result<>> respond(Response response) = 0;
  // The same at once, where that needs no waiting. False: nothing was done, `respond` is to be
  // asked.
  virtual bool respond_now(Response&) { return false; }
  virtual Task<Result<>> begin(const wire::ResponseHead& head, BodyLength length) = 0;
  virtual Task<Result<>> write(std::string_view piece) = 0;  // waits while the peer is slow
  virtual Task<Result<>> end(const wire::Fields* trailers) = 0;
  virtual Task<Result<>> interim(const wire::ResponseHead& head) = 0;  // 1xx but 101

  // Answers 101 with `head` and hands over the connection.
  virtual Task<Result<std::unique_ptr<Tunnel>>> upgrade(const wire::ResponseHead& head) = 0;

  // Answers 200 text/event-stream (or accepts the WebSocket of this request) and parks the
  // connection under `stream` when the handler returns: no coroutine frame and no buffer remain.
  virtual Task<Result<>> park_event_stream(ParkedStream stream, wire::ResponseHead head) = 0;
  virtual Task<Result<>> park_websocket(ParkedStream stream, wire::ResponseHead head) = 0;
};

// Handles a request. Absent: it is answered, and nothing had to be waited for; else what is left to
// do.
using Handler = std::function<std::optional<Task<>>(Exchange&)>;

// To its end, for who is a coroutine anyway.
inline Task<> complete(std::optional<Task<>> handled) {
  if (handled) co_await *std::move(handled);
}

}  // namespace doorward::edge
