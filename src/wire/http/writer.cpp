#include "wire/http/writer.hpp"

#include "wire/http/text.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>

namespace doorward::wire {
namespace {

void append_number(std::string& out, std::uint64_t value, int base) {
  char digits[20];
  const auto [end, ec] = std::to_chars(digits, digits + sizeof digits, value, base);
  out.append(digits, end);
}

// Zero where all may stand in a value, as in nearly every one. Else, with a tab too, look closer.
std::uint64_t doubtful(std::uint64_t bytes) {
  constexpr std::uint64_t kEach = 0x0101010101010101;
  const std::uint64_t control = (bytes - kEach * 0x20) & ~bytes;
  const std::uint64_t others = bytes ^ kEach * 0x7f;
  const std::uint64_t del = (others - kEach) & ~others;
  return (control | del) & kEach * 0x80;
}

// Eight bytes at a time, the last ones over again where that fills eight.
bool is_plain(std::string_view value) {
  constexpr std::size_t kStep = 8;
  const auto at = [&](std::size_t i) {
    std::uint64_t bytes = 0;
    std::memcpy(&bytes, value.data() + i, kStep);
    return bytes;
  };
  if (value.size() < kStep) return std::all_of(value.begin(), value.end(), is_value_char);
  std::uint64_t found = doubtful(at(value.size() - kStep));
  for (std::size_t i = 0; i + kStep < value.size(); i += kStep) found |= doubtful(at(i));
  return found == 0;
}

void append_value(std::string& out, std::string_view value) {
  const std::size_t at = out.size();
  out.append(value);
  if (is_plain(value)) return;
  std::replace_if(
      out.begin() + static_cast<std::ptrdiff_t>(at), out.end(),
      [](char c) { return !is_value_char(c); }, ' ');
}

}  // namespace

std::string_view reason_phrase(unsigned status) {
  switch (status) {
    case 100: return "Continue";
    case 101: return "Switching Protocols";
    case 103: return "Early Hints";
    case 200: return "OK";
    case 201: return "Created";
    case 202: return "Accepted";
    case 204: return "No Content";
    case 206: return "Partial Content";
    case 301: return "Moved Permanently";
    case 302: return "Found";
    case 303: return "See Other";
    case 304: return "Not Modified";
    case 307: return "Temporary Redirect";
    case 308: return "Permanent Redirect";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 406: return "Not Acceptable";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 410: return "Gone";
    case 411: return "Length Required";
    case 412: return "Precondition Failed";
    case 413: return "Content Too Large";
    case 414: return "URI Too Long";
    case 415: return "Unsupported Media Type";
    case 416: return "Range Not Satisfiable";
    case 417: return "Expectation Failed";
    case 421: return "Misdirected Request";
    case 422: return "Unprocessable Content";
    case 425: return "Too Early";
    case 426: return "Upgrade Required";
    case 428: return "Precondition Required";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 501: return "Not Implemented";
    case 502: return "Bad Gateway";
    case 503: return "Service Unavailable";
    case 504: return "Gateway Timeout";
    case 505: return "HTTP Version Not Supported";
    case 507: return "Insufficient Storage";
    default: return {};
  }
}

void append_status_line(std::string& out, unsigned status) {
  if (status == 200) {
    out.append("HTTP/1.1 200 OK\r\n");
    return;
  }
  char line[64] = "HTTP/1.1 ";
  char* end = std::to_chars(line + 9, line + 20, status).ptr;
  *end++ = ' ';
  const std::string_view reason = reason_phrase(status);
  end = std::copy(reason.begin(), reason.end(), end);
  *end++ = '\r';
  *end++ = '\n';
  out.append(line, end);
}

void append_request_line(std::string& out, std::string_view method, std::string_view target) {
  out.append(method).append(" ").append(target).append(" HTTP/1.1\r\n");
}

void append_field(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ");
  append_value(out, value);
  out.append("\r\n");
}

void append_field(std::string& out, std::string_view name, std::uint64_t value) {
  constexpr std::size_t kMostDigits = 20;
  char text[kMostDigits + 4] = ": ";
  char* end = std::to_chars(text + 2, text + 2 + kMostDigits, value).ptr;
  *end++ = '\r';
  *end++ = '\n';
  out.append(name).append(text, end);
}

void append_fields(std::string& out, const Fields& fields) {
  const auto lines = fields.lines();
  bool at_once = lines.has_value();
  for (std::size_t i = 0; i < fields.size() && at_once; ++i) at_once = is_plain(fields[i].value);
  if (at_once) {
    out.append(*lines);
    return;
  }
  for (std::size_t i = 0; i < fields.size(); ++i)
    append_field(out, fields[i].name, fields[i].value);
}

void append_chunk_header(std::string& out, std::size_t size) {
  append_number(out, size, 16);
  out.append("\r\n");
}

void append_last_chunk(std::string& out, const Fields* trailers) {
  out.append("0\r\n");
  if (trailers != nullptr) append_fields(out, *trailers);
  out.append("\r\n");
}

}  // namespace doorward::wire
