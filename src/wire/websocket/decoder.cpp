#include "wire/websocket/decoder.hpp"

#include <algorithm>

namespace doorward::wire::websocket {

// How long the header will be, by what is there of it.
std::size_t Decoder::header_needs() const {
  if (header_size_ < 2) return 2;
  switch (header_[1] & 0x7f) {
    case 126: return 8;
    case 127: return 14;
    default: return 6;
  }
}

bool Decoder::take_header(std::string_view& in, std::size_t& consumed) {
  while (header_size_ < header_needs()) {
    if (in.empty()) return false;
    const std::size_t size = std::min(in.size(), header_needs() - header_size_);
    std::copy_n(in.begin(), size, header_.begin() + header_size_);
    header_size_ = static_cast<std::uint8_t>(header_size_ + size);
    in.remove_prefix(size);
    consumed += size;
    // An unmasked frame may end here: it is refused before more of it is waited for.
    if (header_size_ == 2 && (header_[1] & 0x80) == 0) return true;
  }
  return true;
}

std::uint16_t Decoder::open_frame() {
  final_ = (header_[0] & 0x80) != 0;
  opcode_ = header_[0] & 0x0f;
  if ((header_[0] & 0x70) != 0 || (header_[1] & 0x80) == 0) return kProtocolError;

  const std::size_t needs = header_needs();
  remaining_ = header_[1] & 0x7f;
  if (needs != 6) {
    remaining_ = 0;
    for (std::size_t i = 2; i < needs - 4; ++i) remaining_ = remaining_ << 8 | header_[i];
    if ((remaining_ >> 63) != 0) return kProtocolError;
  }
  std::copy_n(header_.begin() + static_cast<std::ptrdiff_t>(needs - 4), 4, mask_.begin());
  mask_at_ = 0;
  header_size_ = 0;
  in_frame_ = true;

  if (is_control()) {
    if (opcode_ > 10 || !final_ || remaining_ > 125) return kProtocolError;
    control_.clear();
    return 0;
  }
  if (opcode_ > 2 || (opcode_ == 0) != in_message_) return kProtocolError;
  if (opcode_ != 0) {
    message_opcode_ = opcode_;
    message_.clear();
    utf8_.reset();
    in_message_ = true;
  }
  return remaining_ > most_bytes_ - message_.size() ? kTooBig : 0;
}

std::uint16_t Decoder::take_payload(std::string_view piece) {
  std::string& to = is_control() ? control_ : message_;
  const std::size_t at = to.size();
  to.append(piece);
  for (std::size_t i = at; i < to.size(); ++i) {
    to[i] = static_cast<char>(static_cast<std::uint8_t>(to[i]) ^ mask_[mask_at_++ & 3]);
  }
  remaining_ -= piece.size();
  if (is_control() || message_opcode_ != static_cast<std::uint8_t>(Opcode::text)) return 0;
  return utf8_.feed(std::string_view(to).substr(at)) ? 0 : kInvalidPayload;
}

Event Decoder::control(std::size_t consumed) {
  if (opcode_ == 9) return {Event::Kind::ping, consumed, control_, 0};
  if (opcode_ == 10) return {Event::Kind::pong, consumed, control_, 0};
  if (control_.empty()) return {Event::Kind::close, consumed, {}, kNoCode};
  const auto code =
      static_cast<std::uint16_t>(control_.size() < 2 ? 0
                                                     : static_cast<std::uint8_t>(control_[0]) << 8 |
                                                           static_cast<std::uint8_t>(control_[1]));
  if (!is_valid_close_code(code)) return {Event::Kind::error, consumed, {}, kProtocolError};
  const std::string_view reason = std::string_view(control_).substr(2);
  Utf8Check utf8;
  if (!utf8.feed(reason) || !utf8.complete()) {
    return {Event::Kind::error, consumed, {}, kInvalidPayload};
  }
  return {Event::Kind::close, consumed, reason, code};
}

Event Decoder::close_frame(std::size_t consumed) {
  in_frame_ = false;
  if (is_control()) return control(consumed);
  if (!final_) return {Event::Kind::need_more, consumed, {}, 0};
  in_message_ = false;
  if (message_opcode_ == static_cast<std::uint8_t>(Opcode::binary)) {
    return {Event::Kind::binary, consumed, message_, 0};
  }
  if (!utf8_.complete()) return {Event::Kind::error, consumed, {}, kInvalidPayload};
  return {Event::Kind::text, consumed, message_, 0};
}

Event Decoder::next(std::string_view in) {
  std::size_t consumed = 0;
  for (;;) {
    std::uint16_t wrong = 0;
    if (!in_frame_) {
      if (!take_header(in, consumed)) return {Event::Kind::need_more, consumed, {}, 0};
      wrong = open_frame();
    }
    if (wrong == 0 && remaining_ != 0) {
      if (in.empty()) return {Event::Kind::need_more, consumed, {}, 0};
      const std::string_view piece = in.substr(0, std::min<std::uint64_t>(in.size(), remaining_));
      in.remove_prefix(piece.size());
      consumed += piece.size();
      wrong = take_payload(piece);
    }
    if (wrong != 0) return {Event::Kind::error, consumed, {}, wrong};
    if (remaining_ != 0) continue;
    const Event event = close_frame(consumed);
    if (event.kind != Event::Kind::need_more) return event;
  }
}

}  // namespace doorward::wire::websocket
