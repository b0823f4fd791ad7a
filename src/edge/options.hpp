// What an edge server is told at its start; deadlines and numbers of connections also later.
//
// Bounds: each limit below; a connection beyond `connections` or `connections_per_address` is
//         answered 503 or closed at once. IPv6 addresses count by their /64. Connections of the
//         Redis protocol, and of admin listeners, are counted by themselves.
#pragma once

#include "base/time.hpp"
#include "edge/exchange.hpp"
#include "edge/resp.hpp"
#include "wire/http/limits.hpp"
#include "wire/resp/request_decoder.hpp"

#include <boost/asio/ip/address.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace doorward::edge {

enum class Protocol : std::uint8_t { http, resp };

struct Listener {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;  // 0: any free one, see Server::bound_ports
  bool admin = false;      // for admin calls and metrics
  Protocol protocol = Protocol::http;
};

struct Deadlines {
  Millis head{10'000};        // from the first byte of a head to its last, or from the accept
  Millis keep_alive{60'000};  // between requests
  Millis body{30'000};        // for the next bytes of a body
  Millis write{30'000};       // for the peer to take any bytes
  Millis linger{2'000};       // for the peer to read an answer after which we close
  Millis tunnel{3'600'000};   // for the next bytes of an upgraded connection
  // A peer who sends a body, or takes an answer, at less than this after the grace is cut.
  Millis rate_grace{5'000};
  std::uint32_t rate_bytes_s = 240;
};

struct ParkingOptions {
  std::size_t message_bytes = 4'096;  // a WebSocket message from a visitor
  Millis write{10'000};               // for a parked peer to take its bytes
  Millis user_timeout{20'000};        // TCP_USER_TIMEOUT: sent bytes that nobody acknowledges
};

struct RespOptions {
  wire::resp::RequestLimits limits;
  std::size_t connections = 1'024;    // of which one address may take a quarter
  std::size_t unsent_bytes = 65'536;  // replies that wait for the peer to take them
  Millis idle{300'000};               // between requests
  Millis request{10'000};             // for more of a request that has begun, and for AUTH in all
  RespConversations conversations;    // needed where a listener speaks the protocol
};

// A connection that was refused.
struct Refusal {
  Protocol protocol = Protocol::http;
  bool admin = false;   // the listener's
  bool in_all = false;  // there are too many in all, not of this address
  boost::asio::ip::address address;
};

// A request that is answered without its handler's words: it was no HTTP, too large or too late, or
// the handler gave none.
struct FailedRequest {
  const wire::RequestHead* head = nullptr;  // null: none came whole
  const Peer& peer;
};

// Whether many visitors come from the address, as from a proxy's.
using IsShared = std::function<bool(const boost::asio::ip::address&)>;

struct ServerOptions {
  std::vector<Listener> listeners;
  unsigned threads = 0;  // event loops; 0: one for each core
  wire::Limits limits;
  Deadlines deadlines;
  ParkingOptions parking;
  RespOptions resp;
  std::size_t connections = 200'000;
  std::size_t connections_per_address = 1'000;
  std::size_t admin_connections = 1'024;  // of all admin listeners, from whatever address
  IsShared is_shared;  // such addresses are held to `connections` alone; empty: there are none
  std::size_t requests_per_connection = 10'000;
  std::size_t unread_body_bytes = 262'144;  // read and dropped to keep a connection
  // Told of whatever a handler threw; on the loop.
  std::function<void(std::string_view what)> on_exception;
  // Says the edge's own problem+json in other words; the status stays. On the loop; empty: as it
  // is.
  std::function<Response(Response native, const FailedRequest& request)> reword;
  // Told of each connection beyond a limit; on the loop.
  std::function<void(const Refusal&)> on_refusal;
};

}  // namespace doorward::edge
