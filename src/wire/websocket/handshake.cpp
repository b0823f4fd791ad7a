#include "wire/websocket/handshake.hpp"

#include "wire/http/text.hpp"

#include <openssl/evp.h>

#include <algorithm>

namespace doorward::wire::websocket {
namespace {

// 16 bytes in base64.
bool is_key(std::string_view key) {
  return key.size() == 24 && key.ends_with("==") &&
         std::all_of(key.begin(), key.end() - 2,
                     [](char c) { return is_alnum(c) || c == '+' || c == '/'; });
}

}  // namespace

std::string accept_key(std::string_view key) {
  const std::string text = std::string(key) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  EVP_Digest(text.data(), text.size(), digest, &size, EVP_sha1(), nullptr);
  unsigned char encoded[32];
  const int length = EVP_EncodeBlock(encoded, digest, static_cast<int>(size));
  return std::string(reinterpret_cast<const char*>(encoded), static_cast<std::size_t>(length));
}

Handshake check_handshake(const RequestHead& head) {
  if (head.method != "GET") return {405, {}};
  if (!head.fields.lists("Upgrade", "websocket") || !head.fields.lists("Connection", "Upgrade")) {
    return {426, {}};
  }
  if (head.fields.find("Sec-WebSocket-Version") != "13") return {426, {}};
  const auto key = head.fields.find("Sec-WebSocket-Key");
  if (head.fields.count("Sec-WebSocket-Version") != 1) return {400, {}};
  if (head.fields.count("Sec-WebSocket-Key") != 1 || !is_key(*key)) return {400, {}};
  return {101, accept_key(*key)};
}

}  // namespace doorward::wire::websocket
