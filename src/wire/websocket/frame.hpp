// WebSocket frames of a server, written.
//
// Spec: RFC 6455 sections 5.2 and 7.4; a server does not mask.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace doorward::wire::websocket {

enum class Opcode : std::uint8_t {
  continuation = 0,
  text = 1,
  binary = 2,
  close = 8,
  ping = 9,
  pong = 10,
};

enum CloseCode : std::uint16_t {
  kNormal = 1000,
  kGoingAway = 1001,
  kProtocolError = 1002,
  kUnsupportedData = 1003,
  kNoCode = 1005,  // never on the wire: the close frame was empty
  kInvalidPayload = 1007,
  kTooBig = 1009,
};

// A whole message, or a control frame of at most 125 bytes.
void append_frame(std::string& out, Opcode opcode, std::string_view payload);
// `code` kNoCode sends an empty close frame.
void append_close(std::string& out, std::uint16_t code, std::string_view reason = {});
// Whether a peer may send it.
bool is_valid_close_code(std::uint16_t code);

}  // namespace doorward::wire::websocket
