#include "wire/sse/event_stream.hpp"

namespace doorward::wire::sse {
namespace {

constexpr std::string_view kBreaks{"\r\n\0", 3};

void append_line(std::string& out, std::string_view field, std::string_view value) {
  out.append(field).append(value.substr(0, value.find_first_of(kBreaks))).append("\n");
}

}  // namespace

void append_event(std::string& out, const ServerEvent& event) {
  if (!event.event.empty()) append_line(out, "event: ", event.event);
  if (!event.id.empty()) append_line(out, "id: ", event.id);
  std::string_view rest = event.data;
  for (bool last = false; !last;) {
    const std::size_t end = rest.find_first_of("\r\n");
    last = end == std::string_view::npos;
    out.append("data: ").append(rest.substr(0, end)).append("\n");
    if (!last) rest.remove_prefix(rest.substr(end).starts_with("\r\n") ? end + 2 : end + 1);
  }
  out.append("\n");
}

void append_comment(std::string& out, std::string_view text) {
  append_line(out, ": ", text);
  out.append("\n");
}

void append_retry(std::string& out, Millis after) {
  out.append("retry: ").append(std::to_string(after.count())).append("\n\n");
}

}  // namespace doorward::wire::sse
