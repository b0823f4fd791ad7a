// For tests: an upstream that does what its script says, on the loop of the test.
//
// Ownership: outlives the loop's run. Each accepted connection runs the script with its number,
//            from 0.
// Threads: the loop's.
#pragma once

#include "edge/exchange.hpp"
#include "edge/upstream/endpoint.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace doorward::edge {

// One accepted connection.
class FakePeer {
  static auto into(boost::system::error_code& ec) {
    return boost::asio::redirect_error(boost::asio::use_awaitable, ec);
  }

 public:
  explicit FakePeer(boost::asio::ip::tcp::socket socket) : socket_(std::move(socket)) {}

  // The next head with its empty line; empty at the end.
  Task<std::string> head() {
    boost::system::error_code ec;
    const std::size_t size = co_await boost::asio::async_read_until(
        socket_, boost::asio::dynamic_buffer(bytes_), "\r\n\r\n", into(ec));
    co_return ec ? std::string() : take(size);
  }
  // The next `size` bytes, or fewer at the end.
  Task<std::string> read(std::size_t size) {
    boost::system::error_code ec;
    while (bytes_.size() < size && !ec) {
      char piece[16 << 10];
      const std::size_t got =
          co_await socket_.async_read_some(boost::asio::buffer(piece), into(ec));
      bytes_.append(piece, got);
    }
    co_return take(std::min(size, bytes_.size()));
  }
  Task<bool> write(std::string_view bytes) {
    boost::system::error_code ec;
    co_await boost::asio::async_write(socket_, boost::asio::buffer(bytes), into(ec));
    co_return !ec;
  }
  void shutdown_write() {
    boost::system::error_code ec;
    socket_.shutdown(boost::asio::ip::tcp::socket::shutdown_send, ec);
  }
  // Resets instead of ending.
  void abort() {
    boost::system::error_code ec;
    socket_.set_option(boost::asio::socket_base::linger(true, 0), ec);
    socket_.close(ec);
  }
  void close() { socket_.close(); }

 private:
  std::string take(std::size_t size) {
    std::string out = bytes_.substr(0, size);
    bytes_.erase(0, size);
    return out;
  }

  boost::asio::ip::tcp::socket socket_;
  std::string bytes_;
};

class FakeUpstream {
 public:
  using Script = std::function<Task<>(FakePeer&, std::size_t number)>;

  FakeUpstream(boost::asio::io_context& loop, Script script)
      : acceptor_(loop, {boost::asio::ip::make_address("127.0.0.1"), 0}),
        endpoint_{"127.0.0.1", acceptor_.local_endpoint().port()},
        script_(std::make_shared<Script>(std::move(script))) {
    boost::asio::co_spawn(loop, accept(), boost::asio::detached);
  }
  const Endpoint& endpoint() const { return endpoint_; }
  std::size_t accepted() const { return accepted_; }
  // Refuses from now on; what was accepted goes on.
  void stop() { acceptor_.close(); }

 private:
  Task<> accept() {
    boost::system::error_code ec;
    while (!ec) {
      auto socket = co_await acceptor_.async_accept(
          boost::asio::redirect_error(boost::asio::use_awaitable, ec));
      if (ec) break;
      boost::asio::co_spawn(acceptor_.get_executor(),
                            serve(FakePeer(std::move(socket)), script_, accepted_++),
                            boost::asio::detached);
    }
  }
  static Task<> serve(FakePeer peer, std::shared_ptr<Script> script, std::size_t number) {
    co_await (*script)(peer, number);
  }

  boost::asio::ip::tcp::acceptor acceptor_;
  Endpoint endpoint_;
  std::shared_ptr<Script> script_;
  std::size_t accepted_ = 0;
};

}  // namespace doorward::edge
