// Checks UTF-8 as it arrives in pieces.
//
// Spec: RFC 3629: no overlong form, no surrogate, nothing beyond U+10FFFF.
#pragma once

#include <cstdint>
#include <string_view>

namespace doorward::wire {

class Utf8Check {
 public:
  // False once the text cannot be valid any more.
  bool feed(std::string_view bytes);
  // Whether the text may end here.
  bool complete() const { return left_ == 0; }
  void reset() { *this = Utf8Check(); }

 private:
  bool lead(std::uint8_t byte);

  std::uint8_t left_ = 0;  // continuation bytes to come
  // What the next of them may be: narrower after some leading bytes.
  std::uint8_t low_ = 0x80;
  std::uint8_t high_ = 0xbf;
};

inline bool is_utf8(std::string_view text) {
  Utf8Check check;
  return check.feed(text) && check.complete();
}

}  // namespace doorward::wire
