// For tests: gives a parser its bytes in parts, as a caller with one buffer would.
#pragma once

#include "wire/http/parser.hpp"

#include <string>
#include <string_view>

namespace doorward::wire::test {

struct Transcript {
  std::string body;
  Fields trailers;
  bool ended = false;
  bool failed = false;

  std::string text() const {
    if (failed) return "error";
    if (!ended) return "incomplete";
    std::string out = body;
    for (std::size_t i = 0; i < trailers.size(); ++i) {
      out += "[" + std::string(trailers[i].name) + ": " + std::string(trailers[i].value) + "]";
    }
    return out;
  }
};

// Runs until the parser wants more than `arrived`; `buffer` keeps what it left.
template <class Parser>
void pump(Parser& parser, std::string& buffer, Transcript& out) {
  while (!out.ended && !out.failed) {
    const Parsed parsed = parser.next(buffer);
    out.body += parsed.piece;
    buffer.erase(0, parsed.consumed);
    if (parsed.event == Event::need_more) return;
    out.failed = parsed.event == Event::error;
    out.ended = parsed.event == Event::end;
  }
  if (out.ended) out.trailers = parser.trailers();
}

template <class Parser>
Transcript feed(Parser& parser, std::string_view input, std::size_t first) {
  Transcript out;
  std::string buffer(input.substr(0, first));
  pump(parser, buffer, out);
  buffer += input.substr(first);
  pump(parser, buffer, out);
  return out;
}

template <class Parser>
Transcript feed_bytewise(Parser& parser, std::string_view input) {
  Transcript out;
  std::string buffer;
  for (const char c : input) {
    buffer += c;
    pump(parser, buffer, out);
  }
  return out;
}

}  // namespace doorward::wire::test
