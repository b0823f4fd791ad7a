// Any bytes: decode either refuses them or gives a batch that is written in the same bytes again.
// The checksum is mended first, so that the fuzzer gets past it.
#include "base/crc32c.hpp"
#include "engine/record.hpp"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string bytes(reinterpret_cast<const char*>(data), size);
  if (bytes.size() >= 40) {
    const std::string_view view = bytes;
    const std::uint32_t crc =
        doorward::crc32c(view.substr(40), doorward::crc32c(view.substr(0, 36)));
    for (std::size_t i = 0; i < 4; ++i) bytes[36 + i] = static_cast<char>(crc >> 8 * i);
  }
  const auto batch = doorward::engine::decode(bytes);
  if (batch && doorward::engine::encode(batch->header, batch->commands) != bytes) std::abort();
  return 0;
}
