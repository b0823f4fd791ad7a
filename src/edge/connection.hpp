// A socket with what is received and not yet used, what is to be sent, and the deadlines of both.
//
// Why:     the only place where bytes are waited for; framing and meaning are its users'.
// Ownership: belongs to its session; the loop knows it while it lives.
// Threads: on its loop only. One coroutine may read while another writes.
// Bounds:  at most 64 KiB received ahead; every wait has a deadline, and a lowest rate where asked.
// Errors:  closed, timed_out; after one the connection is of no more use.
#pragma once

#include "base/result.hpp"
#include "edge/address_limits.hpp"
#include "edge/exchange.hpp"
#include "edge/socket_read.hpp"
#include "edge/wheel.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/intrusive/list.hpp>

#include <array>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace doorward::edge {

class Loop;

// How long a peer was waited for, against how much it has moved.
struct Pace {
  Millis waited{};
  std::uint64_t bytes = 0;
};

class Connection : public boost::intrusive::list_base_hook<
                       boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
 public:
  Connection(Loop& loop, Socket socket, Peer peer, AddressLimits::Pass pass);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  const Peer& peer() const { return peer_; }
  // It closed, or ended its side, or was cut; what it sent before may still be unread.
  bool peer_is_gone();

  std::string_view input() const { return {buffer_.get() + begin_, end_ - begin_}; }
  void consume(std::size_t size) { begin_ += size; }
  // Waits for more input until `deadline`, and not longer than `pace` allows where it is given.
  Task<Result<>> fill(Millis deadline, Pace* pace = nullptr);
  // The same for who waits without a coroutine: between them `read`, or `read_on` from within
  // `came`, has the reader told once.
  Result<> begin_fill(Millis deadline, Pace* pace = nullptr);
  void read(SocketReader& reader) { read_.start(room(), reader); }
  void read_on(SocketReader& reader);
  Result<> end_fill(boost::system::error_code ec, std::size_t size);
  // Gives back what a large message needed, between messages.
  void shrink();

  // What goes out with the next send, before its body. Also the reader may append to it, while a
  // send is under way.
  std::string& out() { return out_; }
  // Sends `out`, then both views. True if that needed no waiting; else `send_rest` must follow.
  Result<bool> try_send(std::string_view body = {}, std::string_view tail = {});
  Task<Result<>> send_rest(Pace* pace = nullptr);
  // Sends `out`, however long that takes.
  Task<Result<>> send_all();
  // What `out` holds now leaves at the end of this turn of the loop, if nothing sends it before.
  void flush_soon();
  void flush();
  // Whether not all of it left. A read that was awaited meanwhile is broken off, as if nothing
  // came, so that its reader sends the rest.
  bool take_stuck() { return std::exchange(is_stuck_, false); }

  void shutdown_write();
  void close();
  // Reads and drops until the peer has closed too, so that it sees an answer to what we did not
  // read.
  Task<> linger();

  // Nothing is under way: a drain may cut it.
  void set_idle(bool idle) { idle_ = idle; }
  bool idle() const { return idle_; }
  void cancel();

  // For the parking lot, which counts it from then on.
  std::pair<Socket, AddressLimits::Pass> release();

 private:
  struct Deadline : WheelEntry {
    explicit Deadline(Connection& c);
    Connection& connection;
    bool passed = false;
  };

  boost::asio::mutable_buffer room() const { return {buffer_.get() + end_, capacity_ - end_}; }
  void fire(Deadline& deadline);
  bool is_at_end();  // nothing is to be read, and nothing more will come
  bool make_room();
  void reallocate(std::size_t capacity);
  void arm(Deadline& deadline, Millis due, const Pace* pace);
  std::size_t advance(std::size_t sent);
  Error lost(const Deadline& deadline) const;

  Loop& loop_;
  Socket socket_;
  SocketRead read_{socket_};
  Peer peer_;
  AddressLimits::Pass pass_;
  Deadline read_deadline_{*this};
  Deadline write_deadline_{*this};
  std::unique_ptr<char[]> buffer_;
  std::size_t capacity_ = 0;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::string out_;
  std::string leaving_;  // what was in `out_` when a send began that had to wait
  std::array<boost::asio::const_buffer, 3> sending_{};
  bool send_pending_ = false;
  bool flush_queued_ = false;
  bool is_stuck_ = false;
  bool end_unseen_ = false;  // the peer's may have come with what was read last
  Millis read_due_{};
  bool idle_ = true;
  bool released_ = false;
};

}  // namespace doorward::edge
