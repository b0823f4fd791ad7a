// Frames of a WebSocket client, decoded as they arrive.
//
// Why:     small enough to keep for each of many thousand waiters, and not kept at all between
//          messages: see idle().
// Ownership: what an event shows is valid until the next call.
// Threads: single owner.
// Bounds:  a message at most `most_bytes`, also in fragments: else error with 1009. No extensions.
// Errors:  error: `close_code` is what to close with; the decoder is over.
// Spec:    RFC 6455 sections 5 to 7.
#pragma once

#include "wire/utf8.hpp"
#include "wire/websocket/frame.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace doorward::wire::websocket {

struct Event {
  enum class Kind : std::uint8_t { need_more, text, binary, ping, pong, close, error };
  Kind kind = Kind::need_more;
  std::size_t consumed = 0;
  std::string_view payload;      // of the message or the control frame; the reason of a close
  std::uint16_t close_code = 0;  // of close and error
};

class Decoder {
 public:
  explicit Decoder(std::size_t most_bytes) : most_bytes_(most_bytes) {}

  Event next(std::string_view in);
  // Nothing is half received: this decoder may be thrown away and another go on.
  bool idle() const { return header_size_ == 0 && !in_frame_ && !in_message_; }

 private:
  static constexpr std::size_t kLongestHeader = 14;

  std::size_t header_needs() const;
  bool take_header(std::string_view& in, std::size_t& consumed);
  std::uint16_t open_frame();  // 0, or why not
  std::uint16_t take_payload(std::string_view piece);
  Event close_frame(std::size_t consumed);
  Event control(std::size_t consumed);
  bool is_control() const { return (opcode_ & 8) != 0; }

  std::size_t most_bytes_;
  std::array<std::uint8_t, kLongestHeader> header_{};
  std::uint8_t header_size_ = 0;
  std::uint8_t opcode_ = 0;
  std::uint8_t message_opcode_ = 0;
  std::uint8_t mask_at_ = 0;
  bool final_ = false;
  bool in_frame_ = false;
  bool in_message_ = false;
  std::array<std::uint8_t, 4> mask_{};
  std::uint64_t remaining_ = 0;
  Utf8Check utf8_;
  std::string message_;
  std::string control_;
};

}  // namespace doorward::wire::websocket
