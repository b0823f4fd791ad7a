#include "edge/session.hpp"

#include "edge/http1_exchange.hpp"
#include "edge/loop.hpp"

#include <boost/asio/async_result.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <exception>
#include <optional>

namespace doorward::edge {
namespace {

namespace asio = boost::asio;

// What was answered at once leaves at the end of the loop's turn, but not more than this.
constexpr std::size_t kMostUnsent = 65'536;

class Session final : private SocketReader {
 public:
  Session(Loop& loop, Socket socket, Peer peer, AddressLimits::Pass pass)
      : loop_(loop),
        connection_(loop, std::move(socket), std::move(peer), std::move(pass)),
        exchange_(loop, connection_) {
    exchange_.await_head(true);
  }

  Task<> run();

 private:
  // What is to be done next.
  enum class Next : std::uint8_t {
    read,
    send,
    finish,  // the message at hand, with what its handler left to do
  };

  // Handles what has come, as long as nothing needs to be waited for.
  Next handle_all();
  bool handle_now();
  void fail(const std::exception& e);

  // Reads and handles, until something else is to be done than to read.
  Task<Next> read_on() {
    return asio::async_initiate<const asio::use_awaitable_t<>, void(Next)>(
        [this](Done done) {
          done_.emplace(std::move(done));
          connection_.read(*this);
        },
        asio::use_awaitable);
  }
  void came(boost::system::error_code ec, std::size_t size) override;
  void abandoned() override { static_cast<void>(take_done()); }
  // It holds the coroutine, and so this.
  using Done = asio::async_result<asio::use_awaitable_t<>, void(Next)>::handler_type;
  Done take_done() { return *std::exchange(done_, std::nullopt); }

  Loop& loop_;
  Connection connection_;
  Http1Exchange exchange_;
  std::optional<Done> done_;    // of a read
  std::optional<Task<>> rest_;  // of the message at hand
  std::size_t messages_ = 0;
};

void Session::fail(const std::exception& e) {
  if (loop_.options().on_exception) loop_.options().on_exception(e.what());
  exchange_.fail(500, "The request could not be handled.");
}

// Whether the message is over, and the connection can carry another.
bool Session::handle_now() {
  if (++messages_ >= loop_.options().requests_per_connection) exchange_.forbid_reuse();
  // Here and in `run`, the one catch: a handler's bug costs one answer, not the process.
  try {
    rest_ = loop_.handler()(exchange_);
  } catch (const std::exception& e) {
    fail(e);
  }
  return !rest_ && exchange_.finish_now();
}

Session::Next Session::handle_all() {
  for (;;) {
    const Http1Exchange::Head head = exchange_.take_head();
    if (head == Http1Exchange::Head::failed) return Next::finish;
    if (head == Http1Exchange::Head::whole) {
      if (!handle_now()) return Next::finish;
      exchange_.await_head(false);
      if (connection_.out().size() < kMostUnsent) continue;
      const Result<bool> sent = connection_.try_send();
      if (!sent || !*sent) return Next::send;
      continue;
    }
    // With the answers to other clients: neither this program nor the kernel's way to the network
    // leaves the processor's caches for each of them, and who reads them is woken once.
    if (!connection_.out().empty()) connection_.flush_soon();
    return exchange_.begin_read() ? Next::read : Next::finish;
  }
}

void Session::came(boost::system::error_code ec, std::size_t size) {
  const bool came = exchange_.end_read(ec, size);
  Next next = Next::finish;
  if (came) next = connection_.take_stuck() ? Next::send : handle_all();
  if (next == Next::read) return connection_.read_on(*this);
  take_done()(next);
}

Task<> Session::run() {
  for (;;) {
    Next next = handle_all();
    if (next == Next::read) next = co_await read_on();
    // Also what was answered before the message that must wait.
    const Result<> sent = co_await connection_.send_all();
    if (next == Next::send) {
      if (!sent) co_return;
      continue;
    }
    try {
      if (rest_) {
        Task<> rest = *std::exchange(rest_, std::nullopt);
        co_await std::move(rest);
      }
    } catch (const std::exception& e) {
      fail(e);
    }
    bool more = exchange_.finish_now();
    if (!more) more = co_await exchange_.finish();
    if (!more) break;
    exchange_.await_head(false);
  }
  if (exchange_.parking()) {
    loop_.parking().park(connection_, exchange_.parking()->stream, exchange_.parking()->kind);
    co_return;
  }
  if (exchange_.wants_linger()) co_await connection_.linger();
}

Task<> serve(Loop& loop, Socket socket, Peer peer, AddressLimits::Pass pass) {
  Session session(loop, std::move(socket), std::move(peer), std::move(pass));
  co_await session.run();
}

}  // namespace

void spawn_session(Loop& loop, Socket socket, Peer peer, AddressLimits::Pass pass) {
  loop.counters().accepted.add();
  asio::co_spawn(loop.io().get_executor(),
                 serve(loop, std::move(socket), std::move(peer), std::move(pass)), asio::detached);
}

}  // namespace doorward::edge
