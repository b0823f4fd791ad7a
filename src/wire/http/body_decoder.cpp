#include "wire/http/body_decoder.hpp"

#include "base/hex.hpp"
#include "wire/http/text.hpp"

#include <algorithm>
#include <array>

namespace doorward::wire {
namespace {

// RFC 9110 section 6.5.1: fields for framing, routing, request modifiers, authentication, content
// handling. In a trailer they come after the decision that they would have changed.
constexpr std::array<std::string_view, 24> kForbiddenTrailers = {
    "authorization",
    "cache-control",
    "connection",
    "content-encoding",
    "content-length",
    "content-range",
    "content-type",
    "cookie",
    "expect",
    "host",
    "keep-alive",
    "max-forwards",
    "pragma",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "range",
    "ratelimit",
    "ratelimit-policy",
    "set-cookie",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
};

bool is_forbidden_trailer(std::string_view name) {
  return std::any_of(kForbiddenTrailers.begin(), kForbiddenTrailers.end(),
                     [&](std::string_view other) { return equal_ignoring_case(name, other); });
}

bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_token_char);
}

}  // namespace

void BodyDecoder::start(Framing framing) {
  remaining_ = framing.length;
  body_bytes_ = 0;
  extension_bytes_ = 0;
  trailer_bytes_ = 0;
  trailers_.clear();
  switch (framing.kind) {
    case Framing::Kind::none: state_ = State::done; break;
    case Framing::Kind::length: state_ = remaining_ == 0 ? State::done : State::length; break;
    case Framing::Kind::chunked: state_ = State::size_first; break;
    case Framing::Kind::until_close:
      state_ = State::until_close;
      remaining_ = limits_.body_bytes;
      break;
  }
}

bool BodyDecoder::fail(unsigned status, std::string_view detail) {
  error_ = {status, detail};
  state_ = State::failed;
  return false;
}

Parsed BodyDecoder::next_piece(std::string_view in, std::size_t at, State after) {
  const std::size_t size = std::min<std::uint64_t>(remaining_, in.size() - at);
  remaining_ -= size;
  if (remaining_ == 0) state_ = after;
  return {Event::body, at + size, in.substr(at, size)};
}

Parsed BodyDecoder::next(std::string_view in) {
  std::size_t at = 0;
  for (;;) {
    if (state_ == State::done) return {Event::end, at, {}};
    if (state_ == State::failed) return {Event::error, at, {}};
    if (state_ == State::trailers) return trailer_lines(in, at);
    if (at == in.size()) return {Event::need_more, at, {}};
    if (state_ == State::length) return next_piece(in, at, State::done);
    if (state_ == State::data) return next_piece(in, at, State::data_cr);
    if (state_ == State::until_close) {
      if (remaining_ != 0) return next_piece(in, at, State::until_close);
      fail(413, "The body is larger than allowed.");
      continue;
    }
    if (chunk_framing(in[at])) ++at;
  }
}

bool BodyDecoder::chunk_framing(char c) {
  switch (state_) {
    case State::size_first:
      digits_ = 0;
      remaining_ = 0;
      return size_digit(c);
    case State::size: return hex_digit_of_either_case(c) >= 0 ? size_digit(c) : after_size(c);
    case State::extension_blank:
      if (c != ';' && !is_blank(c)) return fail(400, "A chunk size is malformed.");
      [[fallthrough]];
    case State::extension: return after_size(c);
    case State::size_lf:
      return c == '\n' ? chunk_starts() : fail(400, "A chunk size ends without CRLF.");
    case State::data_cr:
      if (c != '\r') return fail(400, "A chunk is longer than it said.");
      state_ = State::data_lf;
      return true;
    default:
      if (c != '\n') return fail(400, "A chunk ends without CRLF.");
      state_ = State::size_first;
      return true;
  }
}

bool BodyDecoder::size_digit(char c) {
  const int digit = hex_digit_of_either_case(c);
  if (digit < 0) return fail(400, "A chunk size is malformed.");
  if (++digits_ > 16) return fail(400, "A chunk size is too long.");
  remaining_ = remaining_ * 16 + static_cast<unsigned>(digit);
  state_ = State::size;
  return true;
}

bool BodyDecoder::after_size(char c) {
  if (c == '\r' && state_ != State::extension_blank) {
    state_ = State::size_lf;
    return true;
  }
  if (++extension_bytes_ > limits_.chunk_extension_bytes) {
    return fail(400, "The chunk extensions are larger than allowed.");
  }
  if (state_ == State::size && c != ';' && !is_blank(c)) {
    return fail(400, "A chunk size is malformed.");
  }
  if (!is_value_char(c)) return fail(400, "A chunk extension is malformed.");
  if (state_ != State::extension) {
    state_ = c == ';' ? State::extension : State::extension_blank;
  }
  return true;
}

bool BodyDecoder::chunk_starts() {
  if (remaining_ == 0) {
    state_ = State::trailers;
    return true;
  }
  if (remaining_ > limits_.body_bytes - body_bytes_) {
    return fail(413, "The body is larger than allowed.");
  }
  body_bytes_ += remaining_;
  state_ = State::data;
  return true;
}

Parsed BodyDecoder::trailer_lines(std::string_view in, std::size_t at) {
  for (;;) {
    const std::string_view rest = in.substr(at);
    const std::size_t lf = rest.find('\n');
    const std::size_t size = lf == std::string_view::npos ? rest.size() : lf + 1;
    if (size > limits_.trailer_bytes - trailer_bytes_) {
      fail(431, "The trailers are larger than allowed.");
      return {Event::error, at, {}};
    }
    if (lf == std::string_view::npos) return {Event::need_more, at, {}};
    trailer_bytes_ += size;
    at += size;
    if (!trailer_line(rest.substr(0, lf))) {
      return {state_ == State::done ? Event::end : Event::error, at, {}};
    }
  }
}

// Takes a line without its LF. False where no more lines follow.
bool BodyDecoder::trailer_line(std::string_view line) {
  if (line.empty() || line.back() != '\r') return fail(400, "A trailer line ends without CRLF.");
  line.remove_suffix(1);
  if (line.empty()) {
    state_ = State::done;
    return false;
  }
  const std::size_t colon = line.find(':');
  const std::string_view name = line.substr(0, colon);
  if (colon == std::string_view::npos || !is_token(name)) {
    return fail(400, "A trailer field is malformed.");
  }
  const std::string_view value = trim(line.substr(colon + 1));
  if (!std::all_of(value.begin(), value.end(), is_value_char)) {
    return fail(400, "A trailer field has a control character.");
  }
  if (is_forbidden_trailer(name)) return true;
  if (trailers_.size() == limits_.fields) return fail(431, "There are too many trailer fields.");
  trailers_.append(name, value);
  return true;
}

}  // namespace doorward::wire
