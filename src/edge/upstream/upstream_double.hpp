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
  Task<std::string> head();
  // The next `size` bytes, or fewer at the end.
  Task<std::string> read(std::size_t size);
  Task<bool> write(std::string_view bytes);
  void shutdown_write();
  // Resets instead of ending.
  void abort();
  void close() { socket_.close(); }

 private:
  std::string take(std::size_t size);

  boost::asio::ip::tcp::socket socket_;
  std::string bytes_;
};

class FakeUpstream {
 public:
  using Script = std::function<Task<>(FakePeer&, std::size_t number)>;

  FakeUpstream(boost::asio::io_context& loop, Script script);
  const Endpoint& endpoint() const { return endpoint_; }
  std::size_t accepted() const { return accepted_; }
  // Refuses from now on; what was accepted goes on.
  void stop() { acceptor_.close(); }

 private:
  Task<> accept();
  static Task<> serve(FakePeer peer, std::shared_ptr<Script> script, std::size_t number);

  boost::asio::ip::tcp::acceptor acceptor_;
  Endpoint endpoint_;
  std::shared_ptr<Script> script_;
  std::size_t accepted_ = 0;
};

}  // namespace doorward::edge
