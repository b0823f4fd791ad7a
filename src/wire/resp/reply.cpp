#include "wire/resp/reply.hpp"

#include <charconv>

namespace doorward::wire::resp {
namespace {

void append_number(std::string& out, char kind, std::int64_t value) {
  char text[24];
  const auto end = std::to_chars(text, text + sizeof text, value).ptr;
  out += kind;
  out.append(text, end).append("\r\n");
}

void append_line(std::string& out, char kind, std::string_view text) {
  out += kind;
  for (const char c : text) out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  out += "\r\n";
}

}  // namespace

void append_simple(std::string& out, std::string_view text) { append_line(out, '+', text); }

void append_error(std::string& out, std::string_view text) { append_line(out, '-', text); }

void append_integer(std::string& out, std::int64_t value) { append_number(out, ':', value); }

void append_bulk(std::string& out, std::string_view bytes) {
  append_number(out, '$', static_cast<std::int64_t>(bytes.size()));
  out.append(bytes).append("\r\n");
}

void append_null(std::string& out) { out += "$-1\r\n"; }

void append_array(std::string& out, std::size_t size) {
  append_number(out, '*', static_cast<std::int64_t>(size));
}

void append_null3(std::string& out) { out += "_\r\n"; }

void append_map3(std::string& out, std::size_t size) {
  append_number(out, '%', static_cast<std::int64_t>(size));
}

}  // namespace doorward::wire::resp
