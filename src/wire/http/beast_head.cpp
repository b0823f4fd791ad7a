#include "wire/http/beast_head.hpp"

#include "wire/http/text.hpp"

#include <charconv>

namespace doorward::wire::detail {

namespace http = boost::beast::http;

void FieldNotes::note(http::field field, std::string_view value) {
  switch (field) {
    case http::field::host:
      ++hosts;
      host = value;
      break;
    case http::field::content_length: note_length(value); break;
    case http::field::transfer_encoding: note_transfer_encoding(value); break;
    case http::field::expect:
      if (!equal_ignoring_case(value, "100-continue")) {
        error = ParseError{417, "Only 100-continue can be expected."};
      }
      expects_continue = true;
      break;
    default: break;
  }
}

void FieldNotes::note_length(std::string_view value) {
  ++lengths;
  const char* last = value.data() + value.size();
  const auto [end, ec] = std::from_chars(value.data(), last, length);
  if (ec != std::errc() || end != last) error = ParseError{400, "Content-Length is malformed."};
}

void FieldNotes::note_transfer_encoding(std::string_view value) {
  ++transfer_encodings;
  ListReader codings(value);
  while (const auto coding = codings.next()) {
    if (chunked_last) {
      error = ParseError{400, "A transfer coding follows chunked."};
      return;
    }
    chunked_last = equal_ignoring_case(*coding, "chunked");
    other_coding |= !chunked_last;
  }
}

std::optional<ParseError> frame(const FieldNotes& notes, unsigned minor_version, Framing& out) {
  if (notes.lengths > 1) return ParseError{400, "There is more than one Content-Length."};
  if (notes.transfer_encodings == 0) {
    out = notes.lengths == 0 ? Framing{} : Framing{Framing::Kind::length, notes.length};
    return std::nullopt;
  }
  if (notes.lengths != 0) return kBoth;
  if (minor_version == 0) return ParseError{400, "HTTP/1.0 has no Transfer-Encoding."};
  if (!notes.chunked_last) return ParseError{400, "The last transfer coding is not chunked."};
  if (notes.other_coding) return ParseError{501, "Only the transfer coding chunked is served."};
  out = {Framing::Kind::chunked, 0};
  return std::nullopt;
}

ParseError translate(boost::beast::error_code ec) {
  if (ec == http::error::bad_version) return {505, "Only HTTP/1.0 and HTTP/1.1 are served."};
  if (ec == http::error::bad_method) return {400, "The method is malformed."};
  if (ec == http::error::bad_target) return {400, "The target has a forbidden character."};
  if (ec == http::error::bad_status) return {400, "The status line is malformed."};
  if (ec == http::error::bad_reason) return {400, "The status line is malformed."};
  if (ec == http::error::bad_field) return {400, "A header field's name is malformed."};
  if (ec == http::error::bad_value) return {400, "A header field's value is malformed."};
  if (ec == http::error::bad_line_ending) return {400, "A line ends without CRLF."};
  if (ec == http::error::bad_content_length) return {400, "Content-Length is malformed."};
  if (ec == http::error::multiple_content_length) {
    return {400, "There is more than one Content-Length."};
  }
  if (ec == http::error::bad_transfer_encoding) {
    return {400, "There is more than one Transfer-Encoding."};
  }
  return {400, "The head is malformed."};
}

}  // namespace doorward::wire::detail
