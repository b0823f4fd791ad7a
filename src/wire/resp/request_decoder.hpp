// Incremental decoder of requests in the Redis protocol (RESP2 and RESP3) that does no I/O.
//
// Why:     a request is an array of bulk strings, or an inline command: words on a line, for
//          people. What Redis lets pass and two readers could take differently (a bulk string that
//          does not end in CRLF, a line that ends in a bare LF within an array) is refused here.
// Use:     give `next` the unconsumed bytes until it asks for more. Bytes behind a request are
//          never touched: they are the next one.
// Ownership: arguments are views into the bytes given, or into the decoder for an inline command;
//          valid until the next call.
// Threads: single owner.
// Bounds:  RequestLimits. An array holds no arrays: nothing nests.
// Errors:  error() is what Redis answers ("Protocol error: …"); after it the connection is of no
//          more use.
// Spec:    redis.io, "Redis serialization protocol specification"; docs/redis-protocol.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace doorward::wire::resp {

struct RequestLimits {
  std::size_t arguments = 64;
  std::size_t argument_bytes = 16'384;
  std::size_t request_bytes = 32'768;  // with all its framing; the caller's buffer must hold it
};

enum class Event : std::uint8_t {
  need_more,  // give the bytes that were not consumed again, with more behind them
  request,    // arguments() is one request; at least one argument
  error,      // see error(); the decoder is over
};

struct Parsed {
  Event event = Event::need_more;
  std::size_t consumed = 0;
};

class RequestDecoder {
 public:
  explicit RequestDecoder(RequestLimits limits = {}) : limits_(limits) {}

  Parsed next(std::string_view bytes);

  std::span<const std::string_view> arguments() const { return arguments_; }
  const std::string& error() const { return error_; }

 private:
  enum class Step : std::uint8_t { start, header, data, failed };
  enum class Line : std::uint8_t { none, whole, failed };
  struct Part {
    std::size_t at = 0;
    std::size_t size = 0;
  };

  // Each gives whether to go on; if not, more bytes are needed, or the step is `failed`.
  bool array_line(std::string_view bytes);
  bool bulk_header(std::string_view bytes);
  bool bulk_data(std::string_view bytes);
  Parsed array(std::string_view bytes);
  Parsed inline_line(std::string_view bytes);
  bool split(std::string_view line);
  Line crlf_line(std::string_view bytes, std::string_view too_long, std::string_view& line);
  bool fail(std::string error);
  Parsed stopped(std::size_t skipped) const;
  void restart();

  RequestLimits limits_;
  Step step_ = Step::start;
  std::size_t at_ = 0;       // where the step begins, from the request's first byte
  std::size_t scanned_ = 0;  // where a line's end was sought up to
  std::size_t expected_ = 0;
  std::size_t bulk_bytes_ = 0;
  std::vector<Part> parts_;
  std::vector<std::string_view> arguments_;
  std::string words_;  // of an inline command, unescaped
  std::string error_;
};

}  // namespace doorward::wire::resp
