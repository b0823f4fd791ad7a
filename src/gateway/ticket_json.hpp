// The Ticket as visitors and programs see it, and how long they should wait before they ask again.
//
// Why:     one text for the API, the gate, the page and the streams.
// Threads: pure functions.
// Spec:    docs/api.md, "Ticket"; src/api/openapi/openapi.json.
#pragma once

#include "core/room/view.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace doorward::engine {
class Shard;
}

namespace doorward::gateway {

struct TicketText {
  const room::TicketView& view;
  std::string_view room;
  std::string_view token;  // empty: null
  std::string_view pass;   // empty: null
  std::uint32_t poll_after_s = 0;
  bool paused = false;  // the room
};

std::string ticket_json(const TicketText& ticket);

// What changes while one waits: {"state","position","ahead","waiting","eta","reason","opens_at"}.
// `paused` says it of the room; `opens_at` as `opening_of` says.
std::string position_json(const room::TicketView& view, bool paused,
                          std::optional<LogTime> opens_at);

// When a room opens that is not open yet; none where it is, or where time alone does not open it.
std::optional<LogTime> opening_of(const room::Policy& policy, LogTime now);

// Seconds until the next poll: soon near the front, seldom far behind; spread by a fifth, by
// ticket, so that those who joined together do not ask together. Always soon enough for a sign of
// life and for a claim, as far as whole seconds are.
std::uint32_t poll_after_s(const room::TicketView& view, const room::Policy& policy);

// The same for a page that reloads itself: no sooner than 5 s, or 10 s behind the first twenty,
// where the room allows that, since a reload takes from who reads or listens what they were at.
std::uint32_t reload_after_s(const room::TicketView& view, const room::Policy& policy);

// Why one who waits is not let in by time alone: "sold_out", "paused", "draw" (places are not drawn
// yet); else empty. The waiting page has a sentence for each.
std::string_view halt_of(const room::TicketView& waiting, bool paused);

// What a ticket's text says of its room.
struct Outlook {
  std::uint32_t poll_after_s = 0;
  bool paused = false;  // and the ticket waits there
};
Outlook outlook_of(const engine::Shard& shard, const room::TicketView& view);

}  // namespace doorward::gateway
