#include "gateway/waiting_page/assets.hpp"

#include "embedded/waiting.hpp"

#include <openssl/evp.h>

#include <array>
#include <cassert>

namespace doorward::gateway {

std::string_view asset(std::string_view path) {
  const auto bytes = embedded::waiting(path);
  assert(bytes.has_value());
  return *bytes;
}

std::string sha256_source(std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha256(), nullptr);
  std::array<unsigned char, 64> encoded{};
  const int length = EVP_EncodeBlock(encoded.data(), digest.data(), static_cast<int>(size));
  return "'sha256-" + std::string(encoded.begin(), encoded.begin() + length) + "'";
}

}  // namespace doorward::gateway
