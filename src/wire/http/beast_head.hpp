// Private to wire/http: Beast's basic_parser, filling our flat head and noting what the framing
// depends on.
#pragma once

#include "wire/http/body_decoder.hpp"
#include "wire/http/head.hpp"
#include "wire/http/limits.hpp"
#include "wire/http/parse_error.hpp"

#include <boost/beast/http/basic_parser.hpp>

#include <optional>
#include <string_view>

namespace doorward::wire::detail {

// What the framing of a message depends on, gathered while its fields go by.
struct FieldNotes {
  std::string_view host;
  unsigned hosts = 0;
  unsigned lengths = 0;
  std::uint64_t length = 0;
  unsigned transfer_encodings = 0;
  bool chunked_last = false;
  bool other_coding = false;
  bool expects_continue = false;
  std::optional<ParseError> error;

  void note(boost::beast::http::field field, std::string_view value);

 private:
  void note_length(std::string_view value);
  void note_transfer_encoding(std::string_view value);
};

// The framing that both kinds of message agree on; the error, or nothing.
std::optional<ParseError> frame(const FieldNotes& notes, unsigned minor_version, Framing& out);

ParseError translate(boost::beast::error_code ec);
inline constexpr ParseError kBoth{400, "There are both Content-Length and Transfer-Encoding."};

template <bool is_request>
class BeastHead : public boost::beast::http::basic_parser<is_request> {
  using Base = boost::beast::http::basic_parser<is_request>;
  using Code = boost::beast::error_code;
  using View = boost::beast::string_view;

 public:
  BeastHead(const Limits& limits, Fields& fields) : limits_(limits), fields_(fields) {
    // Bodies are ours: Beast would want a whole chunk header in one buffer.
    Base::skip(true);
    Base::header_limit(static_cast<std::uint32_t>(limits.head_bytes + 1));
  }

  // `head` ends with its empty line.
  std::optional<ParseError> parse(std::string_view head) {
    Code ec;
    Base::put({head.data(), head.size()}, ec);
    if (notes.error) return notes.error;
    if (!ec) return std::nullopt;
    if (notes.lengths > 0 && ec == boost::beast::http::error::bad_transfer_encoding) return kBoth;
    if (notes.transfer_encodings > 0 && ec == boost::beast::http::error::bad_content_length)
      return kBoth;
    return translate(ec);
  }

  FieldNotes notes;
  std::string_view method;
  std::string_view target;
  unsigned status = 0;
  unsigned minor_version = 0;

 private:
  static std::string_view view(View text) { return {text.data(), text.size()}; }

  void on_request_impl(boost::beast::http::verb, View method_text, View target_text, int version,
                       Code& ec) override {
    ec = {};
    method = view(method_text);
    target = view(target_text);
    minor_version = static_cast<unsigned>(version % 10);
  }
  void on_response_impl(int code, View, int version, Code& ec) override {
    ec = {};
    status = static_cast<unsigned>(code);
    minor_version = static_cast<unsigned>(version % 10);
  }
  void on_field_impl(boost::beast::http::field field, View name, View value, Code& ec) override {
    ec = {};
    if (fields_.size() == limits_.fields) {
      notes.error = ParseError{431, "There are too many header fields."};
    } else {
      notes.note(field, view(value));
      fields_.append(view(name), view(value));
    }
    if (notes.error) ec = boost::beast::http::error::bad_field;
  }
  void on_header_impl(Code& ec) override { ec = {}; }
  void on_body_init_impl(const boost::optional<std::uint64_t>&, Code& ec) override { ec = {}; }
  std::size_t on_body_impl(View body, Code& ec) override {
    ec = {};
    return body.size();
  }
  void on_chunk_header_impl(std::uint64_t, View, Code& ec) override { ec = {}; }
  std::size_t on_chunk_body_impl(std::uint64_t, View body, Code& ec) override {
    ec = {};
    return body.size();
  }
  void on_finish_impl(Code& ec) override { ec = {}; }

  const Limits& limits_;
  Fields& fields_;
};

}  // namespace doorward::wire::detail
