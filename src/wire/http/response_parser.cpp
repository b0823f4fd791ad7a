#include "wire/http/beast_head.hpp"
#include "wire/http/parser.hpp"

namespace doorward::wire {

void ResponseParser::reset(bool to_head_request) {
  scanner_.reset();
  head_.status = 0;
  head_.fields.clear();
  to_head_request_ = to_head_request;
  started_ = in_body_ = false;
}

Parsed ResponseParser::fail(std::string_view detail) {
  error_ = {502, detail};
  return {Event::error, 0, {}};
}

Parsed ResponseParser::next(std::string_view bytes) {
  if (!in_body_) return next_head(bytes);
  const Parsed parsed = body_.next(bytes);
  if (parsed.event == Event::error) error_ = {502, body_.error().detail};
  return parsed;
}

Parsed ResponseParser::next_head(std::string_view bytes) {
  if (bytes.empty()) return {};
  started_ = true;
  const std::size_t size = scanner_.scan(bytes, limits_);
  if (scanner_.error()) return fail(scanner_.error()->detail);
  if (size == 0) return {};

  // "HTTP/1.1 200" without the space behind it: many leave it out with the reason.
  constexpr std::size_t kStatusEnd = 12;
  std::string mended;
  std::string_view head = bytes.substr(0, size);
  if (head.size() > kStatusEnd && head.substr(kStatusEnd).starts_with("\r\n"))
    head = mended.append(head.substr(0, kStatusEnd)).append(" ").append(head.substr(kStatusEnd));
  detail::BeastHead<false> beast(limits_, head_.fields);
  if (const auto error = beast.parse(head)) return fail(error->detail);
  if (beast.status < 100) return fail("The status is malformed.");
  head_.status = beast.status;
  minor_version_ = beast.minor_version;
  if (const auto error = detail::frame(beast.notes, minor_version_, framing_)) {
    return fail(error->detail);
  }
  const bool bodiless =
      to_head_request_ || head_.status < 200 || head_.status == 204 || head_.status == 304;
  if (bodiless) {
    framing_ = {};
  } else if (framing_.kind == Framing::Kind::none) {
    framing_.kind = Framing::Kind::until_close;
  }
  if (framing_.length > limits_.body_bytes) return fail("The body is larger than allowed.");
  keep_alive_ = beast.keep_alive() && framing_.kind != Framing::Kind::until_close;
  body_.start(framing_);
  in_body_ = true;
  return {Event::head, size, {}};
}

}  // namespace doorward::wire
