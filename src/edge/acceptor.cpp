#include "edge/acceptor.hpp"

#include "edge/loop.hpp"
#include "edge/resp_session.hpp"
#include "edge/session.hpp"
#include "wire/retry_after.hpp"

#include <fmt/format.h>
#include <boost/asio/buffer.hpp>

#include <string>
#include <string_view>

namespace doorward::edge {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

using ReusePort = asio::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>;

const std::string kNoRoom = fmt::format(
    "HTTP/1.1 503 Service Unavailable\r\nRetry-After: {}\r\nConnection: close\r\n"
    "Content-Length: 0\r\n\r\n",
    wire::retry_after::kCrowded);
constexpr std::string_view kNoRoomResp = "-ERR max number of clients reached\r\n";

Error cannot_listen(const std::string& address, std::uint16_t port, const error_code& ec) {
  return error(Errc::unavailable,
               fmt::format("Cannot listen on {}:{}: {}. Is another program there?", address, port,
                           ec.message()));
}

template <class Acceptor>
error_code bind_to(Acceptor& acceptor, const std::string& address, std::uint16_t port, bool share) {
  error_code ec;
  const auto ip = asio::ip::make_address(address, ec);
  if (ec) return ec;
  const asio::ip::tcp::endpoint endpoint(ip, port);
  acceptor.open(endpoint.protocol(), ec);
  if (!ec) acceptor.set_option(asio::socket_base::reuse_address(true), ec);
  if (!ec && share) acceptor.set_option(ReusePort(true), ec);
  if (!ec && ip.is_v6()) acceptor.set_option(asio::ip::v6_only(!ip.is_unspecified()), ec);
  if (!ec) acceptor.bind(endpoint, ec);
  return ec;
}

}  // namespace

Result<> probe_address(const std::string& address, std::uint16_t port) {
  if (port == 0) return {};
  asio::io_context io;
  asio::ip::tcp::acceptor acceptor(io);
  const error_code ec = bind_to(acceptor, address, port, false);
  if (ec) return cannot_listen(address, port, ec);
  return {};
}

Acceptor::Acceptor(Loop& loop, const Listener& listener)
    : loop_(loop),
      admin_(listener.admin),
      protocol_(listener.protocol),
      acceptor_(loop.io().get_executor()),
      pause_(loop.io().get_executor()) {}

Result<std::uint16_t> Acceptor::open(const std::string& address, std::uint16_t port) {
  error_code ec = bind_to(acceptor_, address, port, true);
  if (!ec) acceptor_.listen(asio::socket_base::max_listen_connections, ec);
  if (!ec) acceptor_.non_blocking(true, ec);
  if (ec) return cannot_listen(address, port, ec);
  return acceptor_.local_endpoint(ec).port();
}

void Acceptor::accept() {
  acceptor_.async_accept([this](error_code ec, Socket socket) { accepted(ec, std::move(socket)); });
}

void Acceptor::accepted(error_code ec, Socket socket) {
  if (!acceptor_.is_open() || ec == asio::error::operation_aborted) return;
  if (!ec) {
    admit(std::move(socket));
    accept();
    return;
  }
  loop_.counters().accept_errors.add();
  if (ec == asio::error::connection_aborted) {
    accept();
    return;
  }
  // Out of files or memory: trying again at once would only burn the core.
  pause_.expires_after(std::chrono::milliseconds(100));
  pause_.async_wait([this](error_code stopped) {
    if (!stopped) accept();
  });
}

void Acceptor::admit(Socket socket) {
  error_code ec;
  const auto endpoint = socket.remote_endpoint(ec);
  if (ec) return;
  Peer peer;
  peer.address = endpoint.address();
  if (peer.address.is_v6() && peer.address.to_v6().is_v4_mapped()) {
    peer.address = asio::ip::make_address_v4(asio::ip::v4_mapped, peer.address.to_v6());
  }
  peer.port = endpoint.port();
  peer.admin_listener = admin_;
  socket.non_blocking(true, ec);
  auto pass = enter(peer.address);
  if (!pass) {
    refuse(std::move(socket), peer.address);
    return;
  }
  socket.set_option(asio::ip::tcp::no_delay(true), ec);
  const auto spawn = protocol_ == Protocol::resp ? spawn_resp_session : spawn_session;
  spawn(loop_, std::move(socket), std::move(peer), std::move(*pass));
}

std::optional<AddressLimits::Pass> Acceptor::enter(const asio::ip::address& address) {
  // Nobody says in the Redis protocol for whom they come.
  return limits().enter(address, protocol_ == Protocol::http && loop_.is_shared(address));
}

void Acceptor::refuse(Socket socket, const asio::ip::address& address) {
  loop_.counters().refused_connections.add();
  if (loop_.options().on_refusal)
    loop_.options().on_refusal({protocol_, admin_, limits().full(), address});
  error_code ec;
  socket.write_some(asio::buffer(protocol_ == Protocol::resp ? kNoRoomResp : kNoRoom), ec);
}

AddressLimits& Acceptor::limits() const {
  ConnectionLimits& all = loop_.limits();
  if (protocol_ == Protocol::resp) return all.resp;
  return admin_ ? all.admin : all.visitors;
}

void Acceptor::stop() {
  error_code ec;
  for (;;) {
    Socket socket(loop_.io().get_executor());
    acceptor_.accept(socket, ec);
    if (ec) break;
    admit(std::move(socket));
  }
  pause_.cancel();
  acceptor_.close(ec);
}

}  // namespace doorward::edge
