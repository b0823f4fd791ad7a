// An upgraded connection: bytes both ways, each direction with its own end.
#include "gateway/proxying/call.hpp"
#include "gateway/proxying/signal.hpp"
#include "gateway/route.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>

#include <array>
#include <exception>

namespace doorward::gateway::proxying {
namespace {

namespace asio = boost::asio;

constexpr std::chrono::hours kUnwatched{24};  // the tunnel's own watch is the one that counts

struct Pair {
  edge::Tunnel& visitor;
  edge::UpstreamConnection& upstream;
  Signal over;  // both directions ended
  int directions = 2;
  std::uint64_t pieces = 0;

  void close() {
    visitor.close();
    upstream.close();
  }
  void ended(bool clean) {
    if (!clean) close();
    if (--directions == 0) over.set();
  }
};

// True at a clean end.
edge::Task<bool> to_upstream(Pair& pair) {
  for (;;) {
    const auto bytes = co_await pair.visitor.read();
    if (!bytes) co_return false;
    if (bytes->empty()) break;
    ++pair.pieces;
    std::array pieces{asio::const_buffer(bytes->data(), bytes->size())};
    const auto written = co_await pair.upstream.write(pieces);
    if (!written) co_return false;
  }
  pair.upstream.shutdown_write();
  co_return true;
}

edge::Task<bool> to_visitor(Pair& pair) {
  for (;;) {
    const auto bytes = co_await pair.upstream.read_raw();
    if (!bytes) co_return false;
    if (bytes->empty()) break;
    ++pair.pieces;
    const auto written = co_await pair.visitor.write(*bytes);
    if (!written) co_return false;
  }
  pair.visitor.shutdown_write();
  co_return true;
}

// Ends a tunnel on which nothing moves.
edge::Task<> watch(Pair& pair, Millis idle) {
  while (!pair.over.is_set()) {
    const std::uint64_t seen = pair.pieces;
    co_await pair.over.wait_for(idle);
    if (pair.pieces == seen) pair.close();
  }
}

}  // namespace

edge::Task<> relay_tunnel(Call& call, edge::UpstreamConnection& connection) {
  remove_hop_by_hop(connection.head().fields);
  auto visitor = co_await call.exchange().upgrade(connection.head());
  if (!visitor) {
    call.context.fault = visitor.error().what;
    connection.close();
    co_return;
  }
  connection.set_idle_limit(kUnwatched);
  const auto executor = co_await asio::this_coro::executor;
  Pair pair{**visitor, connection, Signal(executor)};
  const auto ended = [&pair](std::exception_ptr fault, bool clean) { pair.ended(clean && !fault); };
  asio::co_spawn(executor, to_upstream(pair), ended);
  asio::co_spawn(executor, to_visitor(pair), ended);
  edge::Watch* const session = call.context.session;
  if (session) session->when_over([&pair] { pair.close(); });
  co_await watch(pair, call.options.tunnel_idle);
  if (session) session->when_over({});
  pair.close();
}

}  // namespace doorward::gateway::proxying
