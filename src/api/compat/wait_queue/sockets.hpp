// The sockets of the wait queue: nobody's until their first message, then a ticket's, parked.
//
// Why:     shows that system's frames; when something is shown, and who is held for present, is as
//          for the native streams, whose table of tickets it shares.
// Time:    steady time for the beat; wall time for tokens.
// Ownership: made before the server; `attach` before anything is parked. Everything given outlives
//          it.
// Threads: thread-safe: called on the loops.
// Bounds:  10 s for the first message. A word of memo a socket.
// Errors:  close 4001 with a reason; never an end without a close.
// Spec:    docs/migrate/wait-queue.md.
#pragma once

#include "api/compat/wait_queue/jwt.hpp"
#include "api/native/ticket_streams.hpp"
#include "edge/parking.hpp"
#include "gateway/places.hpp"
#include "ports/clock.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace doorward::api::wait_queue {

class Sockets final : public edge::StreamSource {
 public:
  struct Parts {
    gateway::Places& places;
    const Jwt& jwt;
    std::string room;
    Millis token_ttl{};
  };

  Sockets(TicketStreams& tickets, const ports::Clock& clock) : tickets_(tickets), clock_(clock) {}
  void attach(Parts parts) { parts_.emplace(std::move(parts)); }

  // A socket of nobody yet, to be parked.
  edge::ParkedStream open();

  Next render(edge::ParkedStream& stream, edge::StreamKind kind, std::string& out) override;
  Heard message(edge::ParkedStream& stream, std::string_view text, std::string& out) override;
  std::uint16_t refuse(edge::ParkedStream& stream, std::uint16_t usual,
                       std::string& reason) override;
  void gone(const edge::ParkedStream& stream) override;

 private:
  struct Named;
  Named find(std::string_view text) const;
  Next render_unnamed(edge::ParkedStream& stream, std::string& out) const;
  Next render_waiting(edge::ParkedStream& stream, const room::TicketView& view, std::string& out);
  engine::Shard& shard() const { return parts_->places.services().shard; }

  TicketStreams& tickets_;
  const ports::Clock& clock_;
  std::optional<Parts> parts_;
};

}  // namespace doorward::api::wait_queue
