#include "wire/http/parser.hpp"

namespace doorward::wire {

std::size_t HeadScanner::fail(unsigned status, std::string_view detail) {
  error_ = ParseError{status, detail};
  return 0;
}

std::size_t HeadScanner::scan(std::string_view bytes, const Limits& limits) {
  for (;;) {
    const std::size_t lf = bytes.find('\n', scanned_);
    const bool whole = lf != std::string_view::npos;
    const std::size_t end = whole ? lf + 1 : bytes.size();
    if (first_line_ && end > limits.start_line_bytes + 2) {
      return fail(414, "The first line is longer than allowed.");
    }
    if (end > limits.head_bytes) return fail(431, "The head is larger than allowed.");
    if (!whole) {
      scanned_ = end;
      return 0;
    }
    if (lf == line_at_ || bytes[lf - 1] != '\r') return fail(400, "A line ends without CRLF.");
    if (!first_line_) {
      if (lf == line_at_ + 1) return end;
      const char first = bytes[line_at_];
      if (first == ' ' || first == '\t') return fail(400, "A header field is folded.");
    }
    first_line_ = false;
    line_at_ = scanned_ = end;
  }
}

}  // namespace doorward::wire
