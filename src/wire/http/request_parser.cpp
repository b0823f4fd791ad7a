#include "wire/http/beast_head.hpp"
#include "wire/http/parser.hpp"
#include "wire/http/target.hpp"
#include "wire/http/text.hpp"

namespace doorward::wire {
namespace {

// Beast calls everything odd in the third word a bad version; 505 is only for an HTTP that is not
// ours.
bool names_another_version(std::string_view head) {
  const std::string_view line = head.substr(0, head.find('\r'));
  const std::size_t space = line.rfind(' ');
  if (space == std::string_view::npos) return false;
  const std::string_view version = line.substr(space + 1);
  return version.size() == 8 && version.starts_with("HTTP/") && is_digit(version[5]) &&
         version[6] == '.' && is_digit(version[7]) && version != "HTTP/1.0" &&
         version != "HTTP/1.1";
}

std::optional<ParseError> check_host(const detail::FieldNotes& notes, unsigned minor_version,
                                     RequestHead& head) {
  if (notes.hosts > 1) return ParseError{400, "There is more than one Host."};
  if (notes.hosts == 0) {
    if (minor_version == 0) return std::nullopt;
    return ParseError{400, "There is no Host."};
  }
  if (!is_host(notes.host)) return ParseError{400, "Host is malformed."};
  if (head.authority.empty()) {
    head.authority.assign(notes.host);
  } else if (head.authority != notes.host) {
    head.fields.set("Host", head.authority);  // RFC 9112 section 3.2.2: the target wins
  }
  return std::nullopt;
}

std::optional<ParseError> parse_head(std::string_view bytes, const Limits& limits,
                                     detail::BeastHead<true>& beast, RequestHead& head,
                                     Framing& framing) {
  if (auto error = beast.parse(bytes)) {
    if (error->status == 505 && !names_another_version(bytes)) {
      return ParseError{400, "The request line is malformed."};
    }
    return error;
  }
  head.method.assign(beast.method);
  if (auto error = parse_target(beast.target, head)) return error;
  if (auto error = check_host(beast.notes, beast.minor_version, head)) return error;
  if (auto error = detail::frame(beast.notes, beast.minor_version, framing)) return error;
  if (framing.length > limits.body_bytes) {
    return ParseError{413, "The body is larger than allowed."};
  }
  return std::nullopt;
}

}  // namespace

void RequestParser::reset() {
  scanner_.reset();
  head_.clear();
  started_ = in_body_ = skipped_line_ = false;
}

Parsed RequestParser::fail(const ParseError& error) {
  error_ = error;
  return {Event::error, 0, {}};
}

Parsed RequestParser::next(std::string_view bytes) {
  if (!in_body_) return next_head(bytes);
  const Parsed parsed = body_.next(bytes);
  if (parsed.event == Event::error) error_ = body_.error();
  return parsed;
}

Parsed RequestParser::next_head(std::string_view bytes) {
  std::size_t skipped = 0;
  if (!started_) {
    // RFC 9112 section 2.2: an empty line that an old client sent after its last body.
    if (!skipped_line_) {
      if (bytes == "\r") return {};
      if (bytes.starts_with("\r\n")) skipped = 2;
      skipped_line_ = skipped != 0;
    }
    if (bytes.size() == skipped) return {Event::need_more, skipped, {}};
    started_ = true;
    head_.clear();
  }
  bytes.remove_prefix(skipped);
  const std::size_t size = scanner_.scan(bytes, limits_);
  if (scanner_.error()) return fail(*scanner_.error());
  if (size == 0) return {Event::need_more, skipped, {}};

  detail::BeastHead<true> beast(limits_, head_.fields);
  if (const auto error = parse_head(bytes.substr(0, size), limits_, beast, head_, framing_)) {
    return fail(*error);
  }
  minor_version_ = beast.minor_version;
  keep_alive_ = beast.keep_alive();
  expects_continue_ = beast.notes.expects_continue && minor_version_ >= 1;
  body_.start(framing_);
  in_body_ = true;
  return {Event::head, skipped + size, {}};
}

}  // namespace doorward::wire
