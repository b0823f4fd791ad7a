// The read that a session waits for, one after another, without a coroutine and without memory.
//
// Why:     Asio asks the kernel first and waits only where nothing has come. Of a kept connection
//          whose requests were just read to the last byte, that is one system call in three for
//          nothing: `await_more` waits at once. It goes through Asio's reactor, whose public reads
//          cannot be told so.
// Ownership: part of its connection. Its reader is told once of each read, also of one that was
//          cancelled, unless the loop itself ends: then it is `abandoned`, and lets go of what
//          keeps it.
// Threads: on its loop only.
// Errors:  those of the socket; eof where the peer ended its side.
#pragma once

#include <boost/asio/buffer.hpp>
#include <boost/asio/detail/reactor.hpp>
#include <boost/asio/detail/reactor_op.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <cstddef>

namespace doorward::edge {

using Socket =
    boost::asio::basic_stream_socket<boost::asio::ip::tcp, boost::asio::io_context::executor_type>;

class SocketReader {
 public:
  virtual void came(boost::system::error_code ec, std::size_t size) = 0;
  virtual void abandoned() = 0;

 protected:
  ~SocketReader() = default;
};

class SocketRead : private boost::asio::detail::reactor_op {
 public:
  explicit SocketRead(Socket& socket);

  void start(boost::asio::mutable_buffer into, SocketReader& reader);
  // As `start`, from `came` itself. True: what came was all, and it waits for more without asking.
  // The end of a peer that came with the last bytes is not noticed then; look for it.
  bool await_more(boost::asio::mutable_buffer into, SocketReader& reader);
  bool is_awaited() const { return reader_ != nullptr; }

 private:
  static status perform(boost::asio::detail::reactor_op* base);
  static void complete(void* owner, boost::asio::detail::operation* base,
                       const boost::system::error_code&, std::size_t);

  Socket& socket_;
  boost::asio::detail::reactor& reactor_;
  boost::asio::mutable_buffer into_;
  SocketReader* reader_ = nullptr;
  bool is_drained_ = false;  // by the last read
  bool must_wait_ = false;   // while it is started
};

}  // namespace doorward::edge
