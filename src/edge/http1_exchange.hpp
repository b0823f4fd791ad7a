// An Exchange over one HTTP/1.1 message of a connection, used again for the next.
//
// Why:     it keeps the two framings, of the request read and the answer written, and decides
//          whether the connection can carry another message.
// Ownership: lives in its session, beside the connection.
// Threads: on its loop only.
// Errors:  see exchange.hpp. What was wrong is kept, and `finish` answers it if the handler did
// not. Spec:    RFC 9112 sections 6 to 9, RFC 9110 section 10.1.1 (Expect).
#pragma once

#include "edge/connection.hpp"
#include "edge/exchange.hpp"
#include "wire/http/parser.hpp"

#include <optional>

namespace doorward::edge {

class Http1Exchange final : public Exchange {
 public:
  Http1Exchange(Loop& loop, Connection& connection);

  // A message: `await_head`, `take_head` until it is whole, with a read between `begin_read` and
  // `end_read` for each `more`, then the handler, then `finish`. Where a head failed to come there
  // is no request to handle; `finish` answers what is to answer.
  void await_head(bool first);
  enum class Head : std::uint8_t { whole, more, failed };
  Head take_head();
  bool begin_read();  // false: failed
  bool end_read(boost::system::error_code ec, std::size_t size);
  // Ends the message after the handler. True: the connection can carry another.
  Task<bool> finish();
  // The same where nothing needs to be waited for, what was answered at once still unsent. False:
  // `finish` is to be asked.
  bool finish_now();
  // What the handler threw, or another reason to answer without it.
  void fail(unsigned status, std::string_view detail);
  // No more messages on this connection.
  void forbid_reuse() { keep_alive_ = false; }

  bool wants_linger() const { return linger_; }
  struct Parking {
    ParkedStream stream;
    StreamKind kind;
  };
  const std::optional<Parking>& parking() const { return parking_; }

  const wire::RequestHead& request() const override { return head_; }
  wire::RequestHead& request() override { return head_; }
  const Peer& peer() const override { return connection_.peer(); }
  bool peer_is_gone() const override { return connection_.peer_is_gone(); }
  bool has_body() const override { return parser_.framing().kind != wire::Framing::Kind::none; }
  std::optional<std::uint64_t> body_length() const override;
  Task<Result<std::string_view>> read_body() override;
  Task<Result<std::string>> read_whole_body(std::size_t limit) override;
  const wire::Fields& request_trailers() const override { return parser_.trailers(); }

  bool answered() const override { return answer_ != Answer::none; }
  Task<Result<>> respond(Response response) override;
  bool respond_now(Response& response) override;
  Task<Result<>> begin(const wire::ResponseHead& head, BodyLength length) override;
  Task<Result<>> write(std::string_view piece) override;
  Task<Result<>> end(const wire::Fields* trailers) override;
  Task<Result<>> interim(const wire::ResponseHead& head) override;
  Task<Result<std::unique_ptr<Tunnel>>> upgrade(const wire::ResponseHead& head) override;
  Task<Result<>> park_event_stream(ParkedStream stream, wire::ResponseHead head) override;
  Task<Result<>> park_websocket(ParkedStream stream, wire::ResponseHead head) override;

 private:
  enum class Answer : std::uint8_t { none, length, chunked, until_close, bodiless, done };

  void fill_failed(const Error& why);
  Error parse_failed();
  Response failure_answer() const;
  void head_came();
  void set_head_deadline();
  void ask_for_body();
  void begin_head(const wire::ResponseHead& head, BodyLength length);
  void append_answer_fields(const wire::Fields& fields, bool upgrade);
  void append_others_fields(const wire::Fields& fields, bool upgrade);  // less the edge's own
  Task<Result<>> send(std::string_view body = {}, std::string_view tail = {});
  Task<Result<>> send_rest(Result<bool> tried);
  Result<> park(StreamKind kind, ParkedStream stream);
  bool can_drop_body() const;
  Task<bool> drop_rest_of_body();

  Loop& loop_;
  Connection& connection_;
  wire::RequestHead head_;
  wire::RequestParser parser_;
  std::optional<wire::ParseError> failure_;
  std::optional<Parking> parking_;
  Pace received_;
  Pace sent_;
  std::uint64_t unsent_ = 0;  // of an answer of known length
  Millis head_due_{};         // zero: not awaited yet
  bool head_started_ = false;
  bool head_whole_ = false;
  Answer answer_ = Answer::none;
  bool body_read_ = false;  // to its end
  bool continue_due_ = false;
  bool keep_alive_ = true;
  bool broken_ = false;  // an error on the socket, or an answer cut short
  bool linger_ = false;
};

}  // namespace doorward::edge
