// Incremental parsers of HTTP/1.1 messages that do no I/O: requests, and responses.
//
// Why:     Beast's basic_parser reads the syntax of a head; what it lets pass and a gateway must
//          not (folded lines, doubtful lengths, several hosts, paths that resolve elsewhere) is
//          refused here, so that no peer before or behind sees other message bounds than we do.
// Use:     give `next` the unconsumed bytes until it asks for more; `reset` after `end`. Bytes
//          behind the end of a message are never touched: they are the next message, or the
//          tunnel's.
// Ownership: the head is the caller's and is filled when `head` is reported; body pieces are views
//          into the caller's bytes. No allocation once the head's buffers have grown.
// Threads: single owner.
// Bounds:  wire/http/limits.hpp.
// Errors:  error() says what to answer; after it the connection is of no more use. A broken
// response is 502. Spec:    RFC 9112, RFC 9110 sections 5, 6 and 7.
#pragma once

#include "wire/http/body_decoder.hpp"
#include "wire/http/head.hpp"
#include "wire/http/limits.hpp"
#include "wire/http/parse_error.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace doorward::wire {

// Finds the end of a head as bytes arrive, and refuses one that is too long or breaks its lines.
class HeadScanner {
 public:
  void reset() { *this = HeadScanner(); }
  // The size of the head with its empty line, 0 while it is incomplete; or the error is set.
  std::size_t scan(std::string_view bytes, const Limits& limits);
  const std::optional<ParseError>& error() const { return error_; }

 private:
  std::size_t fail(unsigned status, std::string_view detail);

  std::size_t line_at_ = 0;
  std::size_t scanned_ = 0;
  bool first_line_ = true;
  std::optional<ParseError> error_;
};

class RequestParser {
 public:
  RequestParser(const Limits& limits, RequestHead& head)
      : limits_(limits), head_(head), body_(limits) {}
  RequestParser(Limits&&, RequestHead&) = delete;  // the limits must outlive the parser

  // Ready for the next message of the connection.
  void reset();
  Parsed next(std::string_view bytes);

  const ParseError& error() const { return error_; }
  // Whether the first byte of this message was seen.
  bool started() const { return started_; }

  // After `head`:
  const Framing& framing() const { return framing_; }
  unsigned minor_version() const { return minor_version_; }  // of HTTP/1.x
  bool keep_alive() const { return keep_alive_; }            // the client's wish
  bool expects_continue() const { return expects_continue_; }
  // After `end`:
  const Fields& trailers() const { return body_.trailers(); }

 private:
  Parsed next_head(std::string_view bytes);
  Parsed fail(const ParseError& error);

  const Limits& limits_;
  RequestHead& head_;
  HeadScanner scanner_;
  BodyDecoder body_;
  ParseError error_;
  Framing framing_;
  unsigned minor_version_ = 1;
  bool started_ = false;
  bool skipped_line_ = false;
  bool in_body_ = false;
  bool keep_alive_ = false;
  bool expects_continue_ = false;
};

class ResponseParser {
 public:
  ResponseParser(const Limits& limits, ResponseHead& head)
      : limits_(limits), head_(head), body_(limits) {}
  ResponseParser(Limits&&, ResponseHead&) = delete;

  // Ready for the next response. An interim one (1xx) is a message of its own: it is reported as
  // `head` and `end`, and this is called again.
  void reset(bool to_head_request);
  Parsed next(std::string_view bytes);
  // The peer ended its side: true where that completes the message.
  bool finish() const { return in_body_ && body_.finish(); }

  const ParseError& error() const { return error_; }
  bool started() const { return started_; }

  // After `head`:
  const Framing& framing() const { return framing_; }
  unsigned minor_version() const { return minor_version_; }
  bool keep_alive() const {
    return keep_alive_;
  }  // false too where the body ends with the connection
  // After `end`:
  const Fields& trailers() const { return body_.trailers(); }

 private:
  Parsed next_head(std::string_view bytes);
  Parsed fail(std::string_view detail);

  const Limits& limits_;
  ResponseHead& head_;
  HeadScanner scanner_;
  BodyDecoder body_;
  ParseError error_;
  Framing framing_;
  unsigned minor_version_ = 1;
  bool to_head_request_ = false;
  bool started_ = false;
  bool in_body_ = false;
  bool keep_alive_ = false;
};

}  // namespace doorward::wire
