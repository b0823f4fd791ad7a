#include "wire/http/body_decoder.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

using namespace doorward::wire;

std::string transcript(std::string_view bytes, std::size_t step) {
  Limits limits;
  limits.body_bytes = 100'000;
  BodyDecoder decoder(limits);
  decoder.start({Framing::Kind::chunked, 0});
  std::string body;
  std::string buffer;
  while (!bytes.empty()) {
    buffer += bytes.substr(0, step);
    bytes.remove_prefix(std::min(step, bytes.size()));
    for (;;) {
      const Parsed parsed = decoder.next(buffer);
      if (parsed.consumed > buffer.size()) std::abort();
      body += parsed.piece;
      if (body.size() > limits.body_bytes) std::abort();
      buffer.erase(0, parsed.consumed);
      if (parsed.event == Event::error) {
        return body + " error " + std::to_string(decoder.error().status);
      }
      if (parsed.event == Event::end) {
        return body + " end " + std::to_string(decoder.trailers().size());
      }
      if (parsed.event == Event::need_more) break;
    }
  }
  return body + " more";
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const std::string whole = transcript(bytes, bytes.size() + 1);
  if (transcript(bytes, 1) != whole || transcript(bytes, 5) != whole) std::abort();
  return 0;
}
