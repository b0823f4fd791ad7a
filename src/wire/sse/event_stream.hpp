// Events of an event stream, written.
//
// Why:   a line break in a value would begin another field; data is split into lines, the rest is
// cut there. Spec:  WHATWG HTML, "server-sent events".
#pragma once

#include "base/time.hpp"

#include <string>
#include <string_view>

namespace doorward::wire::sse {

struct ServerEvent {
  std::string_view event;  // empty: "message"
  std::string_view id;     // empty: none
  std::string_view data;
};

void append_event(std::string& out, const ServerEvent& event);
void append_comment(std::string& out, std::string_view text);  // a heartbeat
void append_retry(std::string& out, Millis after);             // when to connect again

}  // namespace doorward::wire::sse
