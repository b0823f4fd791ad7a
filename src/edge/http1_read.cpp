// The request's half of Http1Exchange.
#include "edge/http1_exchange.hpp"
#include "edge/loop.hpp"
#include "wire/http/writer.hpp"

namespace doorward::edge {

Http1Exchange::Http1Exchange(Loop& loop, Connection& connection)
    : loop_(loop), connection_(connection), parser_(loop.options().limits, head_) {}

void Http1Exchange::fail(unsigned status, std::string_view detail) {
  failure_ = wire::ParseError{status, detail};
  keep_alive_ = false;
}

Error Http1Exchange::parse_failed() {
  const wire::ParseError& e = parser_.error();
  fail(e.status, e.detail);
  return error(e.status == 413 ? Errc::too_large : Errc::invalid, std::string(e.detail));
}

void Http1Exchange::fill_failed(const Error& why) {
  keep_alive_ = false;
  if (why.code == Errc::timed_out && parser_.started()) {
    fail(408, "The request did not arrive in time.");
  } else if (why.code == Errc::too_large) {
    fail(431, "The head is larger than allowed.");
  } else {
    broken_ = true;
  }
}

void Http1Exchange::await_head(bool first) {
  parser_.reset();
  failure_.reset();
  received_ = sent_ = {};
  answer_ = Answer::none;
  body_read_ = continue_due_ = false;
  head_due_ = {};
  head_whole_ = false;
  // The first one has been awaited since the connection came.
  head_started_ = first;
}

Http1Exchange::Head Http1Exchange::take_head() {
  const wire::Parsed parsed = parser_.next(connection_.input());
  connection_.consume(parsed.consumed);
  if (parsed.event == wire::Event::error) {
    static_cast<void>(parse_failed());
    return Head::failed;
  }
  if (parsed.event != wire::Event::head) return Head::more;
  head_came();
  return Head::whole;
}

void Http1Exchange::head_came() {
  connection_.set_idle(false);
  head_whole_ = true;
  head_.scheme = connection_.peer().tls ? "https" : "http";
  loop_.counters().requests.add();
  continue_due_ = parser_.expects_continue() && has_body();
  body_read_ = !has_body();
  if (!parser_.keep_alive() || loop_.draining()) keep_alive_ = false;
}

void Http1Exchange::set_head_deadline() {
  const Deadlines& all = loop_.deadlines();
  const bool starts = parser_.started() && !head_started_;
  if (head_due_ != Millis{} && !starts) return;
  const Millis rest = head_started_ ? all.head : all.keep_alive;
  head_due_ = loop_.now() + (starts ? all.head : loop_.draining() ? all.linger : rest);
  head_started_ |= starts;
}

bool Http1Exchange::begin_read() {
  connection_.set_idle(!parser_.started());
  set_head_deadline();
  const Result<> begun = connection_.begin_fill(head_due_);
  if (!begun) fill_failed(begun.error());
  return begun.has_value();
}

bool Http1Exchange::end_read(boost::system::error_code ec, std::size_t size) {
  const Result<> ended = connection_.end_fill(ec, size);
  if (!ended) fill_failed(ended.error());
  return ended.has_value();
}

std::optional<std::uint64_t> Http1Exchange::body_length() const {
  const wire::Framing& framing = parser_.framing();
  if (framing.kind == wire::Framing::Kind::chunked) return std::nullopt;
  return framing.length;
}

void Http1Exchange::ask_for_body() {
  if (!continue_due_) return;
  continue_due_ = false;
  if (answered()) return;
  wire::append_status_line(connection_.out(), 100);
  wire::append_end_of_head(connection_.out());
  connection_.flush_soon();
}

Task<Result<std::string_view>> Http1Exchange::read_body() {
  if (body_read_) co_return std::string_view();
  if (failure_ || broken_) co_return error(Errc::closed, "The body was cut short.");
  ask_for_body();
  for (;;) {
    const wire::Parsed parsed = parser_.next(connection_.input());
    connection_.consume(parsed.consumed);
    if (parsed.event == wire::Event::body) co_return parsed.piece;
    if (parsed.event == wire::Event::error) co_return parse_failed();
    if (parsed.event == wire::Event::end) {
      body_read_ = true;
      co_return std::string_view();
    }
    const Millis deadline = loop_.now() + loop_.deadlines().body;
    const Result<> filled = co_await connection_.fill(deadline, &received_);
    if (!filled) {
      fill_failed(filled.error());
      co_return filled.error();
    }
  }
}

Task<Result<std::string>> Http1Exchange::read_whole_body(std::size_t limit) {
  std::string whole;
  const auto too_large = [this] {
    fail(413, "The body is larger than allowed.");
    return error(Errc::too_large, "The body is larger than allowed.");
  };
  if (body_length().value_or(0) > limit) co_return too_large();
  for (;;) {
    const Result<std::string_view> piece = co_await read_body();
    if (!piece) co_return piece.error();
    if (piece->empty()) co_return whole;
    if (piece->size() > limit - whole.size()) co_return too_large();
    whole.append(*piece);
  }
}

bool Http1Exchange::can_drop_body() const {
  if (body_read_) return true;
  // A client that still waits for 100 may send its body or not: nobody knows where the next begins.
  return !continue_due_ && body_length().value_or(0) <= loop_.options().unread_body_bytes;
}

Task<bool> Http1Exchange::drop_rest_of_body() {
  std::size_t dropped = 0;
  while (!body_read_) {
    const Result<std::string_view> piece = co_await read_body();
    if (!piece) co_return false;
    dropped += piece->size();
    if (dropped > loop_.options().unread_body_bytes) co_return false;
  }
  co_return true;
}

}  // namespace doorward::edge
