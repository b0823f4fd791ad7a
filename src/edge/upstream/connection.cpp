#include "edge/upstream/connection.hpp"

#include "edge/upstream/loop.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <cstring>

namespace doorward::edge {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

const wire::Limits kLimits{};

auto into(error_code& ec) { return asio::redirect_error(asio::use_awaitable, ec); }

// Drops the first `size` bytes.
std::span<asio::const_buffer> drop(std::span<asio::const_buffer> pieces, std::size_t size) {
  while (!pieces.empty() && size >= pieces.front().size()) {
    size -= pieces.front().size();
    pieces = pieces.subspan(1);
  }
  if (!pieces.empty()) pieces.front() += size;
  return pieces;
}

}  // namespace

UpstreamConnection::UpstreamConnection(UpstreamLoop& loop, const UpstreamLimits& limits,
                                       std::shared_ptr<UpstreamCounts> counts)
    : loop_(loop),
      limits_(limits),
      counts_(std::move(counts)),
      socket_(loop.executor()),
      parser_(kLimits, head_) {
  loop_.watch(*this);
}

UpstreamConnection::~UpstreamConnection() {
  finish();
  loop_.unwatch(*this);
  if (connected_) counts_->add(UpstreamCounts::What::closed);
}

Error UpstreamConnection::failure(const error_code& ec) const {
  if (expired_) return error(Errc::timed_out, "the upstream did not answer in time");
  if (!connected_) return error(Errc::closed, "cannot connect to the upstream: " + ec.message());
  return error(Errc::closed, "the connection to the upstream broke: " + ec.message());
}

Task<Result<>> UpstreamConnection::connect(const asio::ip::tcp::endpoint& to) {
  write_by_ = loop_.now() + limits_.connect;
  error_code ec;
  co_await socket_.async_connect(to, into(ec));
  write_by_ = kNever;
  if (ec) co_return failure(ec);
  connected_ = true;
  counts_->add(UpstreamCounts::What::opened);
  socket_.set_option(asio::ip::tcp::no_delay(true), ec);
  socket_.non_blocking(true, ec);
  co_return Result<>();
}

void UpstreamConnection::start(const UpstreamLimits& limits, bool to_head_request) {
  limits_ = limits;
  if (!buffer_) buffer_ = loop_.take_buffer();
  begin_ = end_ = 0;
  ++uses_;
  to_head_request_ = to_head_request;
  request_sent_ = head_read_ = answered_ = complete_ = ended_ = false;
  parser_.reset(to_head_request);
}

std::optional<Result<>> UpstreamConnection::try_write(std::span<asio::const_buffer>& pieces) {
  error_code ec;
  pieces = drop(pieces, socket_.write_some(pieces, ec));
  if (ec && ec != asio::error::would_block) {
    failed_ = true;
    return failure(ec);
  }
  if (!pieces.empty()) return std::nullopt;
  return Result<>();
}

Task<Result<>> UpstreamConnection::write(std::span<asio::const_buffer> pieces) {
  // Most pieces fit the socket's buffer: no need to come back by way of the reactor.
  while (true) {
    if (const auto done = try_write(pieces)) co_return *done;
    write_by_ = loop_.now() + limits_.idle;
    error_code ec;
    co_await socket_.async_wait(asio::socket_base::wait_write, into(ec));
    write_by_ = kNever;
    if (ec) {
      failed_ = true;
      co_return failure(ec);
    }
  }
}

void UpstreamConnection::request_sent() {
  request_sent_ = true;
  if (!complete_) arm_read();
}

void UpstreamConnection::arm_read() {
  if (request_sent_) read_by_ = loop_.now() + (head_read_ ? limits_.idle : limits_.first_byte);
}

// Zero at the peer's end.
Task<Result<std::size_t>> UpstreamConnection::fill() {
  if (begin_ == end_) {
    begin_ = end_ = 0;
  } else if (end_ == buffer_->size()) {
    std::memmove(buffer_->data(), buffer_->data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  arm_read();
  error_code ec;
  const auto room = asio::buffer(buffer_->data() + end_, buffer_->size() - end_);
  const std::size_t size = co_await socket_.async_read_some(room, into(ec));
  read_by_ = kNever;
  if (ec && ec != asio::error::eof) {
    failed_ = true;
    co_return failure(ec);
  }
  end_ += size;
  answered_ = answered_ || size > 0;
  co_return size;
}

// Waits for more to parse.
Task<Result<>> UpstreamConnection::more() {
  const auto filled = co_await fill();
  if (!filled) co_return filled.error();
  if (*filled > 0) co_return Result<>();
  failed_ = true;  // the connection is over, even where that ends the body
  ended_ = parser_.finish();
  if (ended_) co_return Result<>();
  co_return error(Errc::closed, "the upstream closed the connection too early");
}

// The parser's next event in what has come.
std::optional<Result<wire::Parsed>> UpstreamConnection::step() {
  if (ended_) return wire::Parsed{wire::Event::end, 0, {}};
  const wire::Parsed parsed = parser_.next(buffered());
  begin_ += parsed.consumed;
  if (parsed.event == wire::Event::need_more) return std::nullopt;
  if (parsed.event != wire::Event::error) return parsed;
  failed_ = true;
  return error(Errc::invalid, std::string(parser_.error().detail));
}

Task<Result<>> UpstreamConnection::read_head() {
  if (head_read_) parser_.reset(to_head_request_);  // the last one was interim
  head_read_ = false;
  for (;;) {
    if (const auto parsed = step()) {
      if (!*parsed) co_return parsed->error();
      head_read_ = true;
      co_return Result<>();
    }
    const auto arrived = co_await more();
    if (!arrived) co_return arrived.error();
  }
}

std::optional<Result<std::string_view>> UpstreamConnection::try_read_body() {
  const auto first = step();
  if (!first) return std::nullopt;
  if (!*first) return first->error();
  if ((*first)->event == wire::Event::end) {
    complete_ = true;
    return std::string_view();
  }
  std::string_view piece = (*first)->piece;
  // Small chunks that lie in the buffer already are moved together: one write instead of many.
  while (begin_ != end_ && parser_.framing().kind == wire::Framing::Kind::chunked) {
    const wire::Parsed further = parser_.next(buffered());
    begin_ += further.consumed;
    if (further.event != wire::Event::body) break;  // the next call sees it again
    char* behind = buffer_->data() + (piece.data() - buffer_->data()) + piece.size();
    std::memmove(behind, further.piece.data(), further.piece.size());
    piece = {piece.data(), piece.size() + further.piece.size()};
  }
  return piece;
}

Task<Result<std::string_view>> UpstreamConnection::read_body() {
  for (;;) {
    if (const auto piece = try_read_body()) co_return *piece;
    const auto arrived = co_await more();
    if (!arrived) co_return arrived.error();
  }
}

Task<Result<std::string_view>> UpstreamConnection::read_raw() {
  if (begin_ == end_) {
    const auto filled = co_await fill();
    if (!filled) co_return filled.error();
  }
  const std::string_view bytes = buffered();
  begin_ = end_;
  co_return bytes;
}

void UpstreamConnection::shutdown_write() {
  error_code ec;
  socket_.shutdown(asio::ip::tcp::socket::shutdown_send, ec);
}

bool UpstreamConnection::is_stale() {
  char byte = 0;
  error_code ec;
  socket_.receive(asio::buffer(&byte, 1), asio::socket_base::message_peek, ec);
  return ec != asio::error::would_block;
}

void UpstreamConnection::close() {
  failed_ = true;
  error_code ec;
  socket_.close(ec);
}

bool UpstreamConnection::finish() {
  const bool more = !failed_ && request_sent_ && complete_ && begin_ == end_ &&
                    parser_.keep_alive() && socket_.is_open();
  if (buffer_) loop_.give_buffer(std::move(buffer_));
  read_by_ = write_by_ = kNever;
  idle_since_ = loop_.now();
  return more;
}

void UpstreamConnection::expire(TimePoint now) {
  if (now < read_by_ && now < write_by_) return;
  expired_ = true;
  close();
}

}  // namespace doorward::edge
