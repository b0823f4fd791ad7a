// The client side of one HTTP/1.1 connection: writes a request, reads its response piece by piece.
//
// Why:     the response parser with a socket, a buffer and deadlines; what is sent and what becomes
//          of the answer is the proxy's business.
// Ownership: made by an UpstreamPool and lent as a Lease. The buffer is held only while lent.
// Threads: its loop only. One coroutine may write while another reads.
// Bounds:  one buffer of 64 KiB; heads by wire::Limits. Every connect, write and read has a
//          deadline, kept by the loop's tick to a tenth of a second.
// Errors:  closed (the peer ended or reset), timed_out, invalid (a broken response). After any of
//          them the connection is closed when it is given back.
#pragma once

#include "base/result.hpp"
#include "edge/exchange.hpp"
#include "edge/upstream/counts.hpp"
#include "edge/upstream/settings.hpp"
#include "wire/http/parser.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

namespace doorward::edge {

class UpstreamLoop;

class UpstreamConnection {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;
  using Buffer = std::array<char, 64U << 10>;

  UpstreamConnection(UpstreamLoop& loop, const UpstreamLimits& limits,
                     std::shared_ptr<UpstreamCounts> counts);
  ~UpstreamConnection();
  UpstreamConnection(const UpstreamConnection&) = delete;
  UpstreamConnection& operator=(const UpstreamConnection&) = delete;

  // Of the upstream for which it was opened.
  UpstreamCounts& counts() { return *counts_; }

  Task<Result<>> connect(const boost::asio::ip::tcp::endpoint& to);

  // Before each request: takes a buffer, and reads a new response.
  void start(const UpstreamLimits& limits, bool to_head_request);

  // All of `pieces`, which it uses up.
  Task<Result<>> write(std::span<boost::asio::const_buffer> pieces);
  // As much as needs no waiting. Absent: `write` must send what is left in `pieces`.
  std::optional<Result<>> try_write(std::span<boost::asio::const_buffer>& pieces);
  // The request is sent: from here on the response has its deadlines.
  void request_sent();
  bool request_is_sent() const { return request_sent_; }

  // The next head, interim ones included: after a 1xx (but 101) call it again.
  Task<Result<>> read_head();
  const wire::ResponseHead& head() const { return head_; }
  wire::ResponseHead& head() { return head_; }
  const wire::Framing& framing() const { return parser_.framing(); }
  // Empty at the end of the body, which makes the trailers known. Valid until the next read.
  Task<Result<std::string_view>> read_body();
  // The same from what has come already. Absent: it must be waited for.
  std::optional<Result<std::string_view>> try_read_body();
  const wire::Fields& trailers() const { return parser_.trailers(); }
  // Whether any byte of the response came.
  bool answered() const { return answered_; }

  // After 101: bytes as they come, empty at the peer's end.
  Task<Result<std::string_view>> read_raw();
  void shutdown_write();
  void set_idle_limit(Millis limit) { limits_.idle = limit; }

  // Whether it has served a request before: it may have been closed by the peer meanwhile.
  bool reused() const { return uses_ > 1; }
  // The peer has ended or sent something unasked. One system call.
  bool is_stale();
  void close();
  // Whether another request may follow. Gives up the buffer.
  bool finish();
  TimePoint idle_since() const { return idle_since_; }

  // By the loop's tick.
  void expire(TimePoint now);

 private:
  friend class UpstreamLoop;

  static constexpr TimePoint kNever = TimePoint::max();

  std::string_view buffered() const { return {buffer_->data() + begin_, end_ - begin_}; }
  Task<Result<std::size_t>> fill();
  Task<Result<>> more();
  std::optional<Result<wire::Parsed>> step();
  void arm_read();
  Error failure(const boost::system::error_code& ec) const;

  UpstreamLoop& loop_;
  UpstreamLimits limits_;
  std::shared_ptr<UpstreamCounts> counts_;
  boost::asio::ip::tcp::socket socket_;
  wire::ResponseHead head_;
  wire::ResponseParser parser_;
  std::unique_ptr<Buffer> buffer_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::size_t uses_ = 0;
  std::size_t watched_at_ = 0;  // place in the loop's list
  TimePoint read_by_ = kNever;
  TimePoint write_by_ = kNever;
  TimePoint idle_since_{};
  bool to_head_request_ = false;
  bool request_sent_ = false;
  bool head_read_ = false;
  bool answered_ = false;
  bool complete_ = false;  // the response was read to its end
  bool ended_ = false;     // by the end of the connection
  bool expired_ = false;
  bool failed_ = false;
  bool connected_ = false;
};

}  // namespace doorward::edge
