#include "app/config/load.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

// Whatever the file holds, it is read or its faults are said; nothing else happens.
// Links: src/edge/upstream/endpoint.cpp src/edge/upstream/http_url.cpp
// Links: src/gateway/api_keys.cpp src/adapters/redis/address.cpp
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const doorward::app::config::Environment environment{{"NAME", "value"}};
  const auto loaded = doorward::app::config::load_text(text, "fuzz.yaml", environment);
  if (loaded.problems.any_errors() && loaded.problems.text().empty()) __builtin_trap();
  return 0;
}
