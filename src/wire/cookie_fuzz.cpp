// Every pair read lies within the field and is found again; every Set-Cookie built reads back.
#include "wire/cookie.hpp"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace doorward::wire;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const auto& cookie : parse_cookies(text)) {
    if (cookie.name.data() < text.data() || cookie.value.size() > text.size()) std::abort();
    if (!find_cookie(text, cookie.name)) std::abort();
    const auto built = build_set_cookie({.name = std::string(cookie.name), .value = cookie.value});
    if (!built) continue;
    if (built->find_first_of("\r\n") != std::string::npos) std::abort();
    if (find_cookie(*built, cookie.name) != cookie.value) std::abort();
  }
  return 0;
}
