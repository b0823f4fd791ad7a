#include "edge/socket_read.hpp"

#include <boost/asio/detail/socket_ops.hpp>

#include <utility>

namespace doorward::edge {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

// What the reactor knows of a socket, which a socket tells those who derive from it.
struct Inside : Socket {
  static auto& of(Socket& socket) { return (socket.*(&Inside::impl_)).get_implementation(); }
};

}  // namespace

SocketRead::SocketRead(Socket& socket)
    : reactor_op(error_code(), &SocketRead::perform, &SocketRead::complete),
      socket_(socket),
      reactor_(asio::use_service<asio::detail::reactor>(
          asio::query(socket.get_executor(), asio::execution::context))) {}

void SocketRead::start(asio::mutable_buffer into, SocketReader& reader) {
  into_ = into;
  reader_ = &reader;
  ec_ = {};
  bytes_transferred_ = 0;
  auto& inside = Inside::of(socket_);
  reactor_.start_op(asio::detail::reactor::read_op, inside.socket_, inside.reactor_data_, this,
                    false, true);
}

bool SocketRead::await_more(asio::mutable_buffer into, SocketReader& reader) {
  const bool waits = is_drained_;
  must_wait_ = waits;
  start(into, reader);
  must_wait_ = false;
  return waits;
}

// Asked when it starts, and when the socket is said to have something.
SocketRead::status SocketRead::perform(reactor_op* base) {
  auto& self = *static_cast<SocketRead*>(base);
  if (self.must_wait_) return not_done;
  const bool over = asio::detail::socket_ops::non_blocking_recv1(
      Inside::of(self.socket_).socket_, self.into_.data(), self.into_.size(), 0, true, self.ec_,
      self.bytes_transferred_);
  self.is_drained_ = over && !self.ec_ && self.bytes_transferred_ < self.into_.size();
  return over ? done : not_done;
}

void SocketRead::complete(void* owner, asio::detail::operation* base, const error_code&,
                          std::size_t) {
  // Whom it tells may destroy it.
  auto& self = *static_cast<SocketRead*>(base);
  SocketReader& reader = *std::exchange(self.reader_, nullptr);
  if (owner == nullptr) return reader.abandoned();
  reader.came(self.ec_, self.bytes_transferred_);
}

}  // namespace doorward::edge
