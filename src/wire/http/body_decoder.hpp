// The body of an HTTP/1.1 message, piece by piece, whatever way its length is said.
//
// Ownership: pieces are views into the bytes that were given.
// Bounds:  chunk extensions, trailers and the body itself by `Limits`. Extensions are dropped, and
//          so are trailer fields that would change framing, routing, identity or caching.
// Threads: single owner.
// Spec:    RFC 9112 sections 6 and 7.
#pragma once

#include "wire/http/head.hpp"
#include "wire/http/limits.hpp"
#include "wire/http/parse_error.hpp"

#include <cstdint>
#include <string_view>

namespace doorward::wire {

struct Framing {
  enum class Kind : std::uint8_t { none, length, chunked, until_close };
  Kind kind = Kind::none;
  std::uint64_t length = 0;
};

enum class Event : std::uint8_t {
  need_more,  // give the bytes that were not consumed again, with more behind them
  head,       // the head is complete
  body,       // `piece` is the next part of the body
  end,        // the message is complete
  error,      // see error(); the parser is over
};

struct Parsed {
  Event event = Event::need_more;
  std::size_t consumed = 0;
  std::string_view piece;
};

class BodyDecoder {
 public:
  explicit BodyDecoder(const Limits& limits) : limits_(limits) {}

  void start(Framing framing);
  Parsed next(std::string_view in);
  // The peer ended its side. False: the body is cut short.
  bool finish() const { return state_ == State::done || state_ == State::until_close; }

  const ParseError& error() const { return error_; }
  const Fields& trailers() const { return trailers_; }

 private:
  enum class State : std::uint8_t {
    length,
    until_close,
    size_first,
    size,
    extension_blank,
    extension,
    size_lf,
    data,
    data_cr,
    data_lf,
    trailers,
    done,
    failed,
  };

  Parsed next_piece(std::string_view in, std::size_t at, State after);
  bool chunk_framing(char c);
  bool size_digit(char c);
  bool after_size(char c);
  bool chunk_starts();
  Parsed trailer_lines(std::string_view in, std::size_t at);
  bool trailer_line(std::string_view line);
  bool fail(unsigned status, std::string_view detail);

  const Limits& limits_;
  State state_ = State::done;
  std::uint64_t remaining_ = 0;  // of the body, or of the chunk
  std::uint64_t body_bytes_ = 0;
  std::size_t digits_ = 0;
  std::size_t extension_bytes_ = 0;
  std::size_t trailer_bytes_ = 0;
  ParseError error_;
  Fields trailers_;
};

}  // namespace doorward::wire
