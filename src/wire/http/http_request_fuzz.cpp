#include "wire/http/parser.hpp"
#include "wire/http/writer.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

using namespace doorward::wire;

// What the parser makes of the bytes, given `step` more at a time. A body's pieces run together:
// how it is cut is no part of the message.
std::string transcript(std::string_view bytes, std::size_t step) {
  const Limits limits;
  RequestHead head;
  RequestParser parser(limits, head);
  std::string out;
  std::string buffer;
  while (!bytes.empty()) {
    buffer += bytes.substr(0, step);
    bytes.remove_prefix(std::min(step, bytes.size()));
    for (;;) {
      const Parsed parsed = parser.next(buffer);
      if (parsed.consumed > buffer.size()) std::abort();
      if (parsed.event == Event::head) {
        if (head.path.empty() || head.path.find("/../") != std::string::npos) std::abort();
        out += "\nH" + head.method + ' ' + head.authority + ' ' + head.target() + '\n';
        append_fields(out, head.fields);
      }
      out += parsed.piece;
      buffer.erase(0, parsed.consumed);
      if (parsed.event == Event::error) return out + "\nE" + std::to_string(parser.error().status);
      if (parsed.event == Event::need_more) break;
      if (parsed.event == Event::end) {
        append_last_chunk(out, &parser.trailers());
        parser.reset();
      }
    }
  }
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const std::string whole = transcript(bytes, bytes.size() + 1);
  // Which error comes first may depend on how much is seen at once; whether one comes may not.
  const std::string single = transcript(bytes, 1);
  const bool failed = whole.rfind("\nE") != std::string::npos;
  if (failed != (single.rfind("\nE") != std::string::npos)) std::abort();
  if (!failed && single != whole) std::abort();
  return 0;
}
