// The beginning of a text that somebody else sent, to be quoted in an answer.
//
// Why: an answer is UTF-8, so a text is never cut within a letter.
#pragma once

#include <cstddef>
#include <string_view>

namespace doorward::wire {

// At most `most` bytes of valid UTF-8.
inline std::string_view clip(std::string_view text, std::size_t most) {
  if (text.size() <= most) return text;
  while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xc0U) == 0x80U) --most;
  return text.substr(0, most);
}

}  // namespace doorward::wire
