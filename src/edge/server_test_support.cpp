#include "edge/server_test_support.hpp"

namespace doorward::edge::test {

Client::Client(std::uint16_t port, int receive_buffer) : socket_(io_) {
  using Tcp = boost::asio::ip::tcp;
  socket_.open(Tcp::v4());
  if (receive_buffer != 0) {
    socket_.set_option(boost::asio::socket_base::receive_buffer_size(receive_buffer));
  }
  socket_.connect({boost::asio::ip::address_v4::loopback(), port});
  // A test that waits in vain fails and does not hang.
  const timeval patience{60, 0};
  setsockopt(socket_.native_handle(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
}

void Client::send(std::string_view bytes) {
  boost::system::error_code ec;
  boost::asio::write(socket_, boost::asio::buffer(bytes), ec);
  // The server may have cut us already: what it answered is the test's matter.
}

void Client::send_and_end(std::string_view bytes) {
  ::send(socket_.native_handle(), bytes.data(), bytes.size(), MSG_MORE);
  shutdown();
}

std::string Client::read_until(std::string_view mark) {
  while (received_.find(mark) == std::string::npos && read_some()) {
  }
  const std::size_t at = received_.find(mark);
  return take(at == std::string::npos ? received_.size() : at + mark.size());
}

std::string Client::read_bytes(std::size_t size) {
  while (received_.size() < size && read_some()) {
  }
  return take(std::min(size, received_.size()));
}

std::string Client::read_all() {
  while (read_some()) {
  }
  return take(received_.size());
}

bool Client::read_some() {
  char bytes[16'384];
  const ssize_t size = ::recv(socket_.native_handle(), bytes, sizeof bytes, 0);
  timed_out_ |= size < 0 && errno == EAGAIN;
  if (size <= 0) return false;
  received_.append(bytes, static_cast<std::size_t>(size));
  return true;
}

std::string Client::take(std::size_t size) {
  std::string out = received_.substr(0, size);
  received_.erase(0, size);
  return out;
}

RunningServer::RunningServer(ServerOptions options, Handler handler, StreamSource* source)
    : server(std::move(options), std::move(handler), source) {
  const Result<> started = server.start();
  EXPECT_TRUE(started) << started.error().what;
}

}  // namespace doorward::edge::test
