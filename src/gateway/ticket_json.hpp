// The Ticket as visitors and programs see it, and how long they should wait before they ask again.
//
// Why:     one text for the API, the gate, the page and the streams.
// Threads: pure functions.
// Spec:    docs/api.md, "Ticket"; src/api/openapi/openapi.json.
#pragma once

#include "core/room/view.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace doorward::gateway {

struct TicketText {
  const room::TicketView& view;
  std::string_view room;
  std::string_view token;  // empty: null
  std::string_view pass;   // empty: null
  std::uint32_t poll_after_s = 0;
};

std::string ticket_json(const TicketText& ticket);

// What changes while one waits: {"state","position","ahead","waiting","eta","reason"}.
std::string position_json(const room::TicketView& view);

// Seconds until the next poll: soon near the front, seldom far behind; spread by a fifth, by
// ticket, so that those who joined together do not ask together.
std::uint32_t poll_after_s(const room::TicketView& view);

}  // namespace doorward::gateway
