#include "wire/resp/reply.hpp"
#include "wire/resp/request_decoder.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

using namespace doorward::wire::resp;

// Every request as replies would carry it, given `step` bytes more at a time.
std::string transcript(std::string_view bytes, std::size_t step) {
  const RequestLimits limits{.arguments = 8, .argument_bytes = 200, .request_bytes = 600};
  RequestDecoder decoder(limits);
  std::string out;
  std::string buffer;
  while (!bytes.empty()) {
    buffer += bytes.substr(0, step);
    bytes.remove_prefix(std::min(step, bytes.size()));
    for (;;) {
      const Parsed parsed = decoder.next(buffer);
      if (parsed.consumed > buffer.size()) std::abort();
      if (parsed.event == Event::request) {
        if (decoder.arguments().empty() || decoder.arguments().size() > limits.arguments)
          std::abort();
        append_array(out, decoder.arguments().size());
        for (const std::string_view argument : decoder.arguments()) append_bulk(out, argument);
      }
      buffer.erase(0, parsed.consumed);
      if (parsed.event == Event::error) {
        append_error(out, decoder.error());
        return out;
      }
      if (parsed.event == Event::need_more) break;
    }
    if (buffer.size() >= limits.request_bytes) std::abort();
  }
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (transcript(bytes, 1) != transcript(bytes, bytes.size() + 1)) std::abort();
  return 0;
}
