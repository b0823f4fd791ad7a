#include "edge/connection.hpp"

#include "edge/loop.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace doorward::edge {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

constexpr std::size_t kSmallBuffer = 8'192;
constexpr std::size_t kLargeBuffer = 65'536;
constexpr std::size_t kCopied = 2'048;
constexpr std::size_t kSmallOut = 16'384;
constexpr std::size_t kLingerBytes = 1'048'576;
constexpr Millis kUnseen{200};  // at most, that a peer's end may be
constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);

}  // namespace

Connection::Deadline::Deadline(Connection& c)
    : WheelEntry([](WheelEntry& entry) {
        auto& self = static_cast<Deadline&>(entry);
        self.connection.fire(self);
      }),
      connection(c) {}

Connection::Connection(Loop& loop, Socket socket, Peer peer, AddressLimits::Pass pass)
    : loop_(loop), socket_(std::move(socket)), peer_(std::move(peer)), pass_(std::move(pass)) {
  loop_.add(*this);
}

void Connection::fire(Deadline& deadline) {
  if (&deadline == &read_deadline_ && std::exchange(end_unseen_, false)) {
    if (!is_at_end()) return loop_.wheel().set(deadline, read_due_);
  } else {
    deadline.passed = true;
    loop_.counters().deadlines.add();
  }
  cancel();
}

Connection::~Connection() {
  if (flush_queued_) loop_.forget_flush(*this);
  if (!released_) loop_.counters().ended.add();
}

bool Connection::is_at_end() {
  char next = 0;
  const ssize_t seen = ::recv(socket_.native_handle(), &next, 1, MSG_PEEK | MSG_DONTWAIT);
  return seen == 0 || (seen < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR);
}

bool Connection::peer_is_gone() {
  if (!socket_.is_open()) return true;
  pollfd looked{socket_.native_handle(), POLLRDHUP, 0};
  return ::poll(&looked, 1, 0) > 0 && (looked.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0;
}

std::pair<Socket, AddressLimits::Pass> Connection::release() {
  released_ = true;
  return {std::move(socket_), std::move(pass_)};
}

void Connection::reallocate(std::size_t capacity) {
  auto next = std::make_unique_for_overwrite<char[]>(capacity);
  if (end_ != 0) std::memcpy(next.get(), buffer_.get(), end_);
  buffer_ = std::move(next);
  capacity_ = capacity;
}

bool Connection::make_room() {
  const bool full = capacity_ != 0 && end_ == capacity_;
  if (begin_ == end_) {
    begin_ = end_ = 0;
    // A read that filled the buffer promises more: a body in flow is read in larger pieces.
    if (full && capacity_ != kLargeBuffer) reallocate(kLargeBuffer);
  } else if (begin_ != 0) {
    std::memmove(buffer_.get(), buffer_.get() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  } else if (full) {
    if (capacity_ == kLargeBuffer) return false;
    reallocate(kLargeBuffer);
  }
  if (capacity_ == 0) reallocate(kSmallBuffer);
  return true;
}

void Connection::shrink() {
  if (begin_ == end_ && capacity_ > kSmallBuffer) {
    buffer_.reset();
    capacity_ = begin_ = end_ = 0;
  }
  if (out_.capacity() > kSmallOut && out_.empty()) out_ = std::string();
}

void Connection::arm(Deadline& deadline, Millis due, const Pace* pace) {
  if (pace != nullptr) {
    const Deadlines& all = loop_.deadlines();
    const Millis earned(static_cast<std::int64_t>(pace->bytes * 1'000 / all.rate_bytes_s));
    due = std::min(due, loop_.now() + all.rate_grace + earned - pace->waited);
  }
  if (&deadline == &read_deadline_) read_due_ = due;
  loop_.wheel().set(deadline, due);
}

Error Connection::lost(const Deadline& deadline) const {
  if (deadline.passed) return error(Errc::timed_out, "The peer was too slow.");
  return error(Errc::closed, "The peer closed the connection.");
}

Result<> Connection::begin_fill(Millis deadline, Pace* pace) {
  if (!make_room()) return error(Errc::too_large, "The receive buffer is full.");
  arm(read_deadline_, deadline, pace);
  return {};
}

void Connection::read_on(SocketReader& reader) {
  if (!read_.await_more(room(), reader)) return;
  const Millis soon = loop_.now() + kUnseen;
  if (soon >= read_due_) return;
  end_unseen_ = true;
  loop_.wheel().set(read_deadline_, soon);
}

Result<> Connection::end_fill(error_code ec, std::size_t size) {
  read_deadline_.clear();
  end_unseen_ = false;
  const bool is_broken_off = is_stuck_ && ec == asio::error::operation_aborted;
  if (ec && (!is_broken_off || read_deadline_.passed)) return lost(read_deadline_);
  end_ += size;
  loop_.counters().bytes_in.add(size);
  return {};
}

Task<Result<>> Connection::fill(Millis deadline, Pace* pace) {
  const Millis started = pace != nullptr ? loop_.now() : Millis{};
  if (Result<> begun = begin_fill(deadline, pace); !begun) co_return begun;
  const auto [ec, size] = co_await socket_.async_read_some(
      asio::buffer(buffer_.get() + end_, capacity_ - end_), kAwait);
  const Result<> filled = end_fill(ec, size);
  if (filled && pace != nullptr) {
    pace->waited += loop_.now() - started;
    pace->bytes += size;
  }
  co_return filled;
}

// Drops `sent` bytes from what is being sent; gives what is left.
std::size_t Connection::advance(std::size_t sent) {
  loop_.counters().bytes_out.add(sent);
  std::size_t left = 0;
  for (asio::const_buffer& part : sending_) {
    const std::size_t taken = std::min(sent, part.size());
    part += taken;
    sent -= taken;
    left += part.size();
  }
  return left;
}

Result<bool> Connection::try_send(std::string_view body, std::string_view tail) {
  error_code ec;
  std::size_t sent = 0;
  if (body.size() + tail.size() <= kCopied) {
    // Copying a little is cheaper than having the kernel gather it.
    out_.append(body).append(tail);
    sending_ = {asio::buffer(out_)};
    sent = socket_.write_some(sending_[0], ec);
  } else {
    sending_ = {asio::buffer(out_), asio::buffer(body), asio::buffer(tail)};
    sent = socket_.write_some(sending_, ec);
  }
  const std::size_t left = advance(sent);
  if (ec && ec != asio::error::would_block) {
    return error(Errc::closed, "The peer closed the connection.");
  }
  if (left == 0) {
    out_.clear();
    return true;
  }
  const std::size_t unsent = sending_[0].size();
  leaving_ = std::exchange(out_, {});
  sending_[0] = asio::buffer(leaving_) + (leaving_.size() - unsent);
  send_pending_ = true;
  return false;
}

Task<Result<>> Connection::send_rest(Pace* pace) {
  Pace own;
  if (pace == nullptr) pace = &own;
  for (;;) {
    const Millis started = loop_.now();
    arm(write_deadline_, started + loop_.deadlines().write, pace);
    const auto [waited] = co_await socket_.async_wait(Socket::wait_write, kAwait);
    write_deadline_.clear();
    error_code ec = waited;
    const std::size_t sent = ec ? 0 : socket_.write_some(sending_, ec);
    if (ec && ec != asio::error::would_block) co_return lost(write_deadline_);
    pace->waited += loop_.now() - started;
    pace->bytes += sent;
    if (advance(sent) == 0) break;
  }
  send_pending_ = false;
  leaving_ = std::string();
  if (!out_.empty()) flush_soon();
  co_return Result<>();
}

Task<Result<>> Connection::send_all() {
  if (!send_pending_) {
    if (out_.empty()) co_return Result<>();
    const Result<bool> sent = try_send();
    if (!sent) co_return sent.error();
    if (*sent) co_return Result<>();
  }
  const Result<> rest = co_await send_rest();
  co_return rest;
}

void Connection::flush_soon() {
  if (flush_queued_) return;
  flush_queued_ = true;
  loop_.flush_later(*this);
}

void Connection::flush() {
  flush_queued_ = false;
  if (send_pending_ || out_.empty()) return;
  error_code ec;
  const std::size_t sent = socket_.write_some(asio::buffer(out_), ec);
  loop_.counters().bytes_out.add(sent);
  out_.erase(0, sent);  // an error is found again by whoever sends next
  if (out_.empty() || !read_.is_awaited()) return;
  is_stuck_ = true;
  cancel();
}

void Connection::cancel() {
  error_code ec;
  socket_.cancel(ec);
}

void Connection::shutdown_write() {
  error_code ec;
  socket_.shutdown(Socket::shutdown_send, ec);
}

void Connection::close() {
  error_code ec;
  socket_.close(ec);
}

Task<> Connection::linger() {
  shutdown_write();
  const Millis deadline = loop_.now() + loop_.deadlines().linger;
  std::size_t dropped = 0;
  while (dropped < kLingerBytes && !read_deadline_.passed && loop_.now() < deadline) {
    dropped += input().size();
    consume(input().size());
    const Result<> filled = co_await fill(deadline);
    if (!filled) break;
  }
  close();
}

}  // namespace doorward::edge
