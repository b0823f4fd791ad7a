#include "edge/upstream/upstream_double.hpp"

namespace doorward::edge {

Task<std::string> FakePeer::head() {
  boost::system::error_code ec;
  const std::size_t size = co_await boost::asio::async_read_until(
      socket_, boost::asio::dynamic_buffer(bytes_), "\r\n\r\n", into(ec));
  co_return ec ? std::string() : take(size);
}

Task<std::string> FakePeer::read(std::size_t size) {
  boost::system::error_code ec;
  while (bytes_.size() < size && !ec) {
    char piece[16 << 10];
    const std::size_t got = co_await socket_.async_read_some(boost::asio::buffer(piece), into(ec));
    bytes_.append(piece, got);
  }
  co_return take(std::min(size, bytes_.size()));
}

Task<bool> FakePeer::write(std::string_view bytes) {
  boost::system::error_code ec;
  co_await boost::asio::async_write(socket_, boost::asio::buffer(bytes), into(ec));
  co_return !ec;
}

void FakePeer::shutdown_write() {
  boost::system::error_code ec;
  socket_.shutdown(boost::asio::ip::tcp::socket::shutdown_send, ec);
}

void FakePeer::abort() {
  boost::system::error_code ec;
  socket_.set_option(boost::asio::socket_base::linger(true, 0), ec);
  socket_.close(ec);
}

std::string FakePeer::take(std::size_t size) {
  std::string out = bytes_.substr(0, size);
  bytes_.erase(0, size);
  return out;
}

FakeUpstream::FakeUpstream(boost::asio::io_context& loop, Script script)
    : acceptor_(loop, {boost::asio::ip::make_address("127.0.0.1"), 0}),
      endpoint_{"127.0.0.1", acceptor_.local_endpoint().port()},
      script_(std::make_shared<Script>(std::move(script))) {
  boost::asio::co_spawn(loop, accept(), boost::asio::detached);
}

Task<> FakeUpstream::accept() {
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

Task<> FakeUpstream::serve(FakePeer peer, std::shared_ptr<Script> script, std::size_t number) {
  co_await (*script)(peer, number);
}

}  // namespace doorward::edge
