// The answer's half of Http1Exchange.
#include "edge/http1_exchange.hpp"
#include "edge/http1_tunnel.hpp"
#include "edge/loop.hpp"
#include "edge/problem_response.hpp"
#include "wire/http/writer.hpp"
#include "wire/websocket/handshake.hpp"

namespace doorward::edge {
namespace {

// A body up to this size is copied behind its head and the answers before it.
constexpr std::size_t kTakenAtOnce = 16'384;

bool has_no_body(unsigned status) { return status < 200 || status == 204 || status == 304; }

// Framing and the connection are the edge's to say.
bool is_edges_own(std::string_view name, bool upgrade) {
  switch (name.size()) {
    case 10:
      return (!upgrade && wire::equal_ignoring_case(name, "connection")) ||
             wire::equal_ignoring_case(name, "keep-alive");
    case 14: return wire::equal_ignoring_case(name, "content-length");
    case 17: return wire::equal_ignoring_case(name, "transfer-encoding");
    default: return false;
  }
}

}  // namespace

void Http1Exchange::append_answer_fields(const wire::Fields& fields, bool upgrade) {
  std::string& out = connection_.out();
  bool dated = false;
  bool any_own = false;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const std::string_view name = fields[i].name;
    any_own |= is_edges_own(name, upgrade);
    dated |= name.size() == 4 && wire::equal_ignoring_case(name, "date");
  }
  if (any_own) {
    append_others_fields(fields, upgrade);
  } else {
    wire::append_fields(out, fields);
  }
  if (!dated) out.append(loop_.date_line());
}

void Http1Exchange::append_others_fields(const wire::Fields& fields, bool upgrade) {
  for (std::size_t i = 0; i < fields.size(); ++i)
    if (const wire::FieldView field = fields[i]; !is_edges_own(field.name, upgrade))
      wire::append_field(connection_.out(), field.name, field.value);
}

void Http1Exchange::begin_head(const wire::ResponseHead& head, BodyLength length) {
  std::string& out = connection_.out();
  const bool http10 = parser_.minor_version() == 0;
  const bool bodiless = has_no_body(head.status);
  if (loop_.draining() || !can_drop_body()) keep_alive_ = false;
  answer_ = Answer::length;
  unsent_ = length.bytes;
  if (bodiless) {
    answer_ = Answer::bodiless;
  } else if (!length.known) {
    answer_ = http10 ? Answer::until_close : Answer::chunked;
    if (http10) keep_alive_ = false;
  }
  wire::append_status_line(out, head.status);
  append_answer_fields(head.fields, false);
  if (answer_ == Answer::length) wire::append_field(out, "Content-Length", length.bytes);
  if (answer_ == Answer::chunked) wire::append_field(out, "Transfer-Encoding", "chunked");
  if (!keep_alive_) {
    wire::append_field(out, "Connection", "close");
  } else if (http10) {
    wire::append_field(out, "Connection", "keep-alive");
  }
  wire::append_end_of_head(out);
  if (head_.method == "HEAD") answer_ = Answer::bodiless;
}

Task<Result<>> Http1Exchange::send(std::string_view body, std::string_view tail) {
  Result<bool> sent = connection_.try_send(body, tail);
  if (sent && *sent) {
    sent_.bytes += body.size();
    co_return Result<>();
  }
  co_return co_await send_rest(sent);
}

// What `try_send` left. No `?:` around the await: see the caution in exchange.hpp.
Task<Result<>> Http1Exchange::send_rest(Result<bool> tried) {
  Result<> rest = tried ? Result<>() : Result<>(tried.error());
  if (rest) rest = co_await connection_.send_rest(&sent_);
  if (!rest) {
    broken_ = true;
    keep_alive_ = false;
  }
  co_return rest;
}

Task<Result<>> Http1Exchange::respond(Response response) {
  if (answered()) co_return error(Errc::conflict, "The request was answered already.");
  begin_head(response.head, {true, response.body.size()});
  const bool bodiless = answer_ == Answer::bodiless;
  answer_ = Answer::done;
  // Written out as in `send`, for it is the path of every small answer.
  const std::string_view body = bodiless ? std::string_view() : response.body;
  const Result<bool> sent = connection_.try_send(body);
  if (sent && *sent) co_return Result<>();
  co_return co_await send_rest(sent);
}

bool Http1Exchange::respond_now(Response& response) {
  if (answered() || response.body.size() > kTakenAtOnce) return false;
  begin_head(response.head, {true, response.body.size()});
  if (answer_ != Answer::bodiless) connection_.out().append(response.body);
  answer_ = Answer::done;
  // Who still sends may be waiting for it.
  if (!body_read_) connection_.flush_soon();
  return true;
}

Task<Result<>> Http1Exchange::begin(const wire::ResponseHead& head, BodyLength length) {
  if (answered()) co_return error(Errc::conflict, "The request was answered already.");
  begin_head(head, length);
  connection_.flush_soon();
  co_return Result<>();
}

Task<Result<>> Http1Exchange::write(std::string_view piece) {
  if (piece.empty() || answer_ == Answer::bodiless) co_return Result<>();
  switch (answer_) {
    case Answer::length:
      if (piece.size() > unsent_) {
        broken_ = true;
        co_return error(Errc::invalid, "The body is longer than its Content-Length.");
      }
      unsent_ -= piece.size();
      co_return co_await send(piece);
    case Answer::chunked:
      wire::append_chunk_header(connection_.out(), piece.size());
      co_return co_await send(piece, wire::kChunkEnd);
    case Answer::until_close: co_return co_await send(piece);
    default: co_return error(Errc::conflict, "No answer is under way.");
  }
}

Task<Result<>> Http1Exchange::end(const wire::Fields* trailers) {
  const Answer was = answer_;
  if (was == Answer::none || was == Answer::done) {
    co_return error(Errc::conflict, "No answer is under way.");
  }
  answer_ = Answer::done;
  if (was == Answer::length && unsent_ != 0) {
    broken_ = true;
    co_return error(Errc::invalid, "The body is shorter than its Content-Length.");
  }
  if (was == Answer::chunked) wire::append_last_chunk(connection_.out(), trailers);
  if (connection_.out().empty()) co_return Result<>();
  co_return co_await send();
}

Task<Result<>> Http1Exchange::interim(const wire::ResponseHead& head) {
  if (answered() || parser_.minor_version() == 0) co_return Result<>();
  if (head.status == 100) continue_due_ = false;
  wire::append_status_line(connection_.out(), head.status);
  append_others_fields(head.fields, false);
  wire::append_end_of_head(connection_.out());
  co_return co_await send();
}

Task<Result<std::unique_ptr<Tunnel>>> Http1Exchange::upgrade(const wire::ResponseHead& head) {
  if (answered()) co_return error(Errc::conflict, "The request was answered already.");
  std::string& out = connection_.out();
  wire::append_status_line(out, 101);
  append_answer_fields(head.fields, true);
  if (!head.fields.contains("Connection")) wire::append_field(out, "Connection", "Upgrade");
  wire::append_end_of_head(out);
  answer_ = Answer::done;
  keep_alive_ = false;
  body_read_ = true;
  if (Result<> sent = co_await send(); !sent) co_return sent.error();
  co_return std::unique_ptr<Tunnel>(std::make_unique<Http1Tunnel>(loop_, connection_));
}

Result<> Http1Exchange::park(StreamKind kind, ParkedStream stream) {
  if (answered()) return error(Errc::conflict, "The request was answered already.");
  if (!loop_.parking().has_source()) {
    return error(Errc::invalid, "This server has no source of streams.");
  }
  keep_alive_ = false;
  answer_ = Answer::done;
  body_read_ = true;
  parking_ = Parking{stream, kind};
  return {};
}

Task<Result<>> Http1Exchange::park_event_stream(ParkedStream stream, wire::ResponseHead head) {
  Result<> parked = park(StreamKind::event_stream, stream);
  if (!parked) co_return parked;
  std::string& out = connection_.out();
  wire::append_status_line(out, 200);
  head.fields.set("Content-Type", "text/event-stream");
  head.fields.set("Cache-Control", "no-store");
  append_answer_fields(head.fields, false);
  // Ended by the connection's end: no chunk around every event.
  wire::append_field(out, "Connection", "close");
  wire::append_end_of_head(out);
  Result<> sent = co_await send();
  if (sent && head_.method == "HEAD") sent = error(Errc::closed, "HEAD opens no stream.");
  // The caller is told, so nobody else is told of this stream again.
  if (!sent) parking_.reset();
  co_return sent;
}

Task<Result<>> Http1Exchange::park_websocket(ParkedStream stream, wire::ResponseHead head) {
  const wire::websocket::Handshake handshake = wire::websocket::check_handshake(head_);
  // What follows a head with a body would be read as frames here, and as the body elsewhere.
  if (handshake.status != 101 || parser_.minor_version() == 0 || has_body()) {
    Response refusal = problem_response(wire::Problem(
        handshake.status == 101 ? 400 : handshake.status, "This is no WebSocket handshake."));
    if (handshake.status == 426) {
      refusal.head.fields.append("Upgrade", "websocket");
      refusal.head.fields.append("Sec-WebSocket-Version", "13");
    }
    if (handshake.status == 405) refusal.head.fields.append("Allow", "GET");
    static_cast<void>(co_await respond(std::move(refusal)));
    co_return error(Errc::invalid, "This is no WebSocket handshake.");
  }
  Result<> parked = park(StreamKind::websocket, stream);
  if (!parked) co_return parked;
  std::string& out = connection_.out();
  wire::append_status_line(out, 101);
  wire::append_field(out, "Upgrade", "websocket");
  wire::append_field(out, "Connection", "Upgrade");
  wire::append_field(out, "Sec-WebSocket-Accept", handshake.accept);
  append_answer_fields(head.fields, false);
  wire::append_end_of_head(out);
  const Result<> sent = co_await send();
  if (!sent) parking_.reset();
  co_return sent;
}

Response Http1Exchange::failure_answer() const {
  Response native = problem_response(wire::Problem(failure_->status, failure_->detail));
  const auto& reword = loop_.options().reword;
  if (!reword) return native;
  const FailedRequest request{head_whole_ ? &head_ : nullptr, connection_.peer()};
  return reword(std::move(native), request);
}

bool Http1Exchange::finish_now() {
  const bool is_over = answer_ == Answer::done && body_read_ && !failure_ && !broken_;
  if (!is_over || !keep_alive_ || parking_) return false;
  connection_.shrink();
  return true;
}

Task<bool> Http1Exchange::finish() {
  if (parking_) co_return false;
  if (broken_) co_return false;
  if (answer_ == Answer::none) {
    if (!failure_) fail(500, "The request was not answered.");
    loop_.counters().refuse(failure_->status);
    co_await respond(failure_answer());
  }
  // An answer that was begun and not ended is cut, so that the client does not take it for whole.
  if (answer_ == Answer::bodiless) answer_ = Answer::done;
  if (answer_ != Answer::done || broken_) co_return false;
  const Result<> sent = co_await connection_.send_all();
  if (!sent) co_return false;
  linger_ = !body_read_ || failure_;
  if (!keep_alive_) co_return false;
  if (!body_read_) {
    const bool dropped = co_await drop_rest_of_body();
    if (!dropped) co_return false;
  }
  linger_ = false;
  connection_.shrink();
  co_return true;
}

}  // namespace doorward::edge
