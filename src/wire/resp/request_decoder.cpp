#include "wire/resp/request_decoder.hpp"

#include "base/hex.hpp"
#include "wire/http/text.hpp"

#include <algorithm>
#include <optional>

namespace doorward::wire::resp {
namespace {

// A sign, and the 19 digits of a 64-bit number.
constexpr std::size_t kNumberBytes = 20;

// As Redis reads one: no blank, no plus, no leading zero. More than `most` is `most` + 1.
std::optional<std::size_t> read_size(std::string_view text, std::size_t most) {
  if (text.empty() || text.size() > kNumberBytes) return std::nullopt;
  if (text.front() == '0' && text.size() > 1) return std::nullopt;
  std::size_t value = 0;
  for (const char c : text) {
    if (!is_digit(c)) return std::nullopt;
    value = std::min(value * 10 + static_cast<std::size_t>(c - '0'), most + 1);
  }
  return value;
}

bool is_negative(std::string_view text) {
  return text.starts_with('-') && !text.starts_with("-0") && read_size(text.substr(1), 1);
}

constexpr bool is_space(char c) { return is_blank(c) || (c >= '\n' && c <= '\r'); }

char unescaped(char c) {
  switch (c) {
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    case 'b': return '\b';
    case 'a': return '\a';
    default: return c;
  }
}

// One word of an inline command from `at` on, into `out`. False: its quotes are not balanced.
class WordReader {
 public:
  WordReader(std::string_view line, std::size_t at, std::string& out)
      : line_(line), at_(at), out_(out) {}

  bool read() {
    while (at_ < line_.size() && !is_space(line_[at_])) {
      const char c = line_[at_++];
      if (c != '"' && c != '\'') {
        out_ += c;
      } else {
        return quoted(c) && (at_ == line_.size() || is_space(line_[at_]));
      }
    }
    return true;
  }
  std::size_t at() const { return at_; }

 private:
  bool quoted(char quote) {
    while (at_ < line_.size()) {
      const char c = line_[at_++];
      if (c == quote) return true;
      if (c == '\\' && at_ < line_.size()) {
        escape(quote);
      } else {
        out_ += c;
      }
    }
    return false;
  }

  void escape(char quote) {
    const char c = line_[at_];
    if (quote == '\'') {
      if (c == '\'') ++at_;
      out_ += c == '\'' ? '\'' : '\\';
      return;
    }
    ++at_;
    const bool hex = c == 'x' && at_ + 1 < line_.size() &&
                     hex_digit_of_either_case(line_[at_]) >= 0 &&
                     hex_digit_of_either_case(line_[at_ + 1]) >= 0;
    if (!hex) {
      out_ += unescaped(c);
      return;
    }
    out_ += static_cast<char>(hex_digit_of_either_case(line_[at_]) * 16 +
                              hex_digit_of_either_case(line_[at_ + 1]));
    at_ += 2;
  }

  std::string_view line_;
  std::size_t at_;
  std::string& out_;
};

}  // namespace

bool RequestDecoder::fail(std::string error) {
  step_ = Step::failed;
  error_ = "Protocol error: " + std::move(error);
  return false;
}

void RequestDecoder::restart() {
  step_ = Step::start;
  at_ = scanned_ = 0;
  parts_.clear();
}

Parsed RequestDecoder::stopped(std::size_t skipped) const {
  return {step_ == Step::failed ? Event::error : Event::need_more, skipped};
}

Parsed RequestDecoder::next(std::string_view bytes) {
  arguments_.clear();
  if (step_ == Step::failed) return {Event::error, 0};
  std::size_t skipped = 0;  // empty requests, which Redis does not answer
  for (;;) {
    const std::string_view rest = bytes.substr(skipped);
    if (rest.empty()) return stopped(skipped);
    const Parsed parsed = rest.front() == '*' ? array(rest) : inline_line(rest);
    if (parsed.event != Event::request) return stopped(skipped);
    skipped += parsed.consumed;
    restart();
    if (!arguments_.empty()) return {Event::request, skipped};
  }
}

// A line of a few bytes from `at_` on that must end in CRLF.
RequestDecoder::Line RequestDecoder::crlf_line(std::string_view bytes, std::string_view too_long,
                                               std::string_view& line) {
  const std::string_view rest = bytes.substr(at_);
  const std::size_t end = rest.substr(0, kNumberBytes + 2).find_first_of("\r\n");
  if (end == std::string_view::npos) {
    if (rest.size() < kNumberBytes + 2) return Line::none;
    fail(std::string(too_long));
    return Line::failed;
  }
  if (rest[end] == '\r' && end + 1 == rest.size()) return Line::none;
  if (rest.substr(end, 2) != "\r\n") {
    fail("a line of an array must end in CRLF");
    return Line::failed;
  }
  line = rest.substr(0, end);
  return Line::whole;
}

bool RequestDecoder::array_line(std::string_view bytes) {
  std::string_view line;
  at_ = 1;
  if (crlf_line(bytes, "too big mbulk count string", line) != Line::whole) return false;
  const auto count = is_negative(line) ? 0 : read_size(line, limits_.arguments);
  if (!count || *count > limits_.arguments) return fail("invalid multibulk length");
  expected_ = *count;
  at_ += line.size() + 2;
  step_ = Step::header;
  return true;
}

bool RequestDecoder::bulk_header(std::string_view bytes) {
  if (at_ == bytes.size()) return false;
  if (bytes[at_] != '$') return fail(std::string("expected '$', got '") + bytes[at_] + '\'');
  ++at_;
  std::string_view line;
  const Line read = crlf_line(bytes, "too big bulk count string", line);
  if (read != Line::whole) {
    --at_;
    return false;
  }
  const auto size = read_size(line, limits_.argument_bytes);
  const std::size_t data = at_ + line.size() + 2;
  if (!size || *size > limits_.argument_bytes || data + *size + 2 > limits_.request_bytes) {
    return fail("invalid bulk length");
  }
  at_ = data;
  bulk_bytes_ = *size;
  step_ = Step::data;
  return true;
}

bool RequestDecoder::bulk_data(std::string_view bytes) {
  const std::size_t end = at_ + bulk_bytes_;
  const std::string_view after = bytes.size() > end ? bytes.substr(end, 2) : std::string_view();
  if (after != std::string_view("\r\n").substr(0, after.size())) {
    return fail("a bulk string must end in CRLF");
  }
  if (after.size() < 2) return false;
  parts_.push_back({at_, bulk_bytes_});
  at_ = end + 2;
  step_ = Step::header;
  return true;
}

Parsed RequestDecoder::array(std::string_view bytes) {
  if (step_ == Step::start && !array_line(bytes)) return {};
  while (parts_.size() < expected_) {
    const bool on = step_ == Step::header ? bulk_header(bytes) : bulk_data(bytes);
    if (!on) return {};
  }
  for (const Part& part : parts_) arguments_.push_back(bytes.substr(part.at, part.size));
  return {Event::request, at_};
}

Parsed RequestDecoder::inline_line(std::string_view bytes) {
  const std::string_view window = bytes.substr(0, limits_.request_bytes);
  const std::size_t end = window.find('\n', scanned_);
  scanned_ = window.size();
  if (end == std::string_view::npos) {
    if (bytes.size() >= limits_.request_bytes) fail("too big inline request");
    return {};
  }
  if (!split(bytes.substr(0, end))) return {};
  return {Event::request, end + 1};
}

bool RequestDecoder::split(std::string_view line) {
  words_.clear();
  for (std::size_t at = 0;;) {
    while (at < line.size() && is_space(line[at])) ++at;
    if (at == line.size()) break;
    if (parts_.size() == limits_.arguments) return fail("too many arguments in an inline request");
    const std::size_t begin = words_.size();
    WordReader word(line, at, words_);
    if (!word.read()) return fail("unbalanced quotes in request");
    at = word.at();
    parts_.push_back({begin, words_.size() - begin});
  }
  for (const Part& part : parts_) {
    arguments_.push_back(std::string_view(words_).substr(part.at, part.size));
  }
  return true;
}

}  // namespace doorward::wire::resp
