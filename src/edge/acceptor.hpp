// Takes connections on one address for one loop.
//
// Bounds: beyond the server's limits a connection is closed at once, with a 503 (or an error of the
//          Redis protocol) if it can be sent.
// Errors: open: unavailable. Running out of files pauses accepting for 100 ms.
#pragma once

#include "base/result.hpp"
#include "edge/connection.hpp"
#include "edge/options.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace doorward::edge {

class Acceptor {
 public:
  Acceptor(Loop& loop, const Listener& listener);

  // The port; `port` 0 takes any. Others may share it: whether somebody listens there already is
  // the server's to ask.
  Result<std::uint16_t> open(const std::string& address, std::uint16_t port);
  void start() { accept(); }
  // Takes what the kernel has already accepted, and closes.
  void stop();

 private:
  using Tcp = boost::asio::ip::tcp;
  using Executor = boost::asio::io_context::executor_type;

  void accept();
  void accepted(boost::system::error_code ec, Socket socket);
  void admit(Socket socket);
  std::optional<AddressLimits::Pass> enter(const boost::asio::ip::address& address);
  void refuse(Socket socket, const boost::asio::ip::address& address);
  AddressLimits& limits() const;

  Loop& loop_;
  bool admin_;
  Protocol protocol_;
  boost::asio::basic_socket_acceptor<Tcp, Executor> acceptor_;
  boost::asio::steady_timer pause_;
};

// Fails where another process listens on the address.
Result<> probe_address(const std::string& address, std::uint16_t port);

}  // namespace doorward::edge
