#include "wire/websocket/decoder.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

using doorward::wire::websocket::Decoder;
using doorward::wire::websocket::Event;

// What a decoder makes of the bytes, given `step` at a time.
std::string transcript(std::string_view bytes, std::size_t step) {
  Decoder decoder(1'000);
  std::string out;
  while (!bytes.empty()) {
    std::string_view in = bytes.substr(0, step);
    bytes.remove_prefix(in.size());
    while (!in.empty()) {
      const Event event = decoder.next(in);
      if (event.consumed > in.size() || event.payload.size() > 1'000) std::abort();
      in.remove_prefix(event.consumed);
      if (event.kind == Event::Kind::need_more) {
        if (!in.empty()) std::abort();
        continue;
      }
      out += static_cast<char>(event.kind);
      out.append(event.payload);
      if (event.kind == Event::Kind::error) return out + std::to_string(event.close_code);
    }
  }
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const std::string whole = transcript(bytes, bytes.size() + 1);
  if (transcript(bytes, 1) != whole || transcript(bytes, 3) != whole) std::abort();
  return 0;
}
