#include "wire/websocket/frame.hpp"

namespace doorward::wire::websocket {

void append_frame(std::string& out, Opcode opcode, std::string_view payload) {
  const std::uint64_t size = payload.size();
  out += static_cast<char>(0x80 | static_cast<std::uint8_t>(opcode));
  int length_bytes = 0;
  if (size < 126) {
    out += static_cast<char>(size);
  } else if (size < 65'536) {
    out += static_cast<char>(126);
    length_bytes = 2;
  } else {
    out += static_cast<char>(127);
    length_bytes = 8;
  }
  for (int i = length_bytes - 1; i >= 0; --i) out += static_cast<char>(size >> (8 * i));
  out.append(payload);
}

void append_close(std::string& out, std::uint16_t code, std::string_view reason) {
  std::string payload;
  if (code != kNoCode) {
    payload += static_cast<char>(code >> 8);
    payload += static_cast<char>(code);
    payload.append(reason.substr(0, 123));
  }
  append_frame(out, Opcode::close, payload);
}

bool is_valid_close_code(std::uint16_t code) {
  if (code >= 3000) return code <= 4999;
  // 1004 to 1006 and 1015 are reserved and never sent; 1012 to 1014 were registered later.
  return code >= 1000 && code <= 1014 && (code < 1004 || code > 1006);
}

}  // namespace doorward::wire::websocket
