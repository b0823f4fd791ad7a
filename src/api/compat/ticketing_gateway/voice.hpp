// The events of `GET /api/v1/queue/stream`.
//
//   STATUS_UPDATE  the three numbers, at once and every 10 s
//   ALLOWED_IN     at once on admission; then the stream ends
//   HEARTBEAT      every 30 s
//   ERROR          the place is gone; then the stream ends
//
// Time:    steady time from the clock given for the beat, wall time for what a heartbeat shows.
// Threads: thread-safe; a stream's memo is its own.
// Spec:    docs/migrate/ticketing-gateway.md.
#pragma once

#include "api/compat/ticketing_gateway/messages.hpp"
#include "api/native/ticket_streams.hpp"
#include "ports/clock.hpp"

#include <string>

namespace doorward::api::ticketing_gateway {

class Voice final : public TicketVoice {
 public:
  Voice(const ports::Clock& clock, const Messages& messages) : clock_(clock), messages_(messages) {}
  edge::StreamSource::Next render(std::uint64_t& memo, edge::StreamKind kind,
                                  const std::optional<room::TicketView>& view,
                                  std::string& out) override;

 private:
  const ports::Clock& clock_;
  const Messages& messages_;
};

// The whole of a stream for somebody who has no place.
void append_not_in_queue(std::string& out, const Messages& messages);

}  // namespace doorward::api::ticketing_gateway
