#include "edge/session.hpp"

#include "edge/http1_exchange.hpp"
#include "edge/loop.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <exception>

namespace doorward::edge {
namespace {

Task<> serve(Loop& loop, Socket socket, Peer peer, AddressLimits::Pass pass) {
  Connection connection(loop, std::move(socket), std::move(peer), std::move(pass));
  Http1Exchange exchange(loop, connection);
  const std::size_t most = loop.options().requests_per_connection;
  for (std::size_t n = 1;; ++n) {
    const Result<> head = co_await exchange.read_head(n == 1);
    if (n >= most) exchange.forbid_reuse();
    // The one catch: a handler's bug costs one answer, not the process.
    try {
      if (head) co_await loop.handler()(exchange);
    } catch (const std::exception& e) {
      if (loop.options().on_exception) loop.options().on_exception(e.what());
      exchange.fail(500, "The request could not be handled.");
    }
    const bool more = co_await exchange.finish();
    if (!more) break;
  }
  if (exchange.parking()) {
    loop.parking().park(connection, exchange.parking()->stream, exchange.parking()->kind);
    co_return;
  }
  if (exchange.wants_linger()) co_await connection.linger();
}

}  // namespace

void spawn_session(Loop& loop, Socket socket, Peer peer, AddressLimits::Pass pass) {
  loop.counters().accepted.add();
  boost::asio::co_spawn(loop.io().get_executor(),
                        serve(loop, std::move(socket), std::move(peer), std::move(pass)),
                        boost::asio::detached);
}

}  // namespace doorward::edge
