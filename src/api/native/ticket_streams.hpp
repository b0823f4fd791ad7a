// What waiting visitors hear: their place, now and then; admission and end, at once.
//
// Why:     an event of the engine only marks a stream as due; the stream then reads the ticket as
//          it is, so that a full queue loses nothing. Positions are not pushed but looked at: once
//          a second near the front, once in five seconds behind, whatever moves in between.
// Time:    steady time from the clock given, for the beat; wall time for tokens.
// Ownership: made before the shard, which it listens to; `attach` before anything is parked. Places
//          and lots outlive it or are quiet by then.
// Threads: thread-safe: rendered on the loops, told by the shard's applier.
// Bounds:  a word of memo in the connection and one table row of 40 bytes a ticket.
// Errors:  a presence that the log did not take is written again with the next beat; so is that of
//          a visitor who was passed over with the stream open, as when this node was held for dead.
// Spec:    docs/api.md, "Events"; WHATWG HTML "server-sent events"; RFC 6455.
#pragma once

#include "edge/parking.hpp"
#include "engine/shard.hpp"
#include "gateway/places.hpp"

#include <boost/unordered/unordered_flat_map.hpp>

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace doorward::api {

class TicketStreams final : public edge::StreamSource, public engine::Listener {
 public:
  explicit TicketStreams(const ports::Clock& clock) : clock_(clock) {}

  void attach(gateway::Places& places, edge::ParkingLots& lots);

  // Counts one more stream of this ticket; `gone` counts it off.
  edge::ParkedStream open(const gateway::Place& place);
  std::size_t tickets() const;

  Next render(edge::ParkedStream& stream, edge::StreamKind kind, std::string& out) override;
  bool message(edge::ParkedStream& stream, std::string_view text, std::string& out) override;
  void gone(const edge::ParkedStream& stream) override;

  void changed(std::span<const engine::TicketHandle> tickets) override;
  void rooms_changed(std::span<const std::uint32_t> rooms) override;

 private:
  // Whom a ticket is for. A device's text is made again from its id, and so costs no allocation.
  struct Holder {
    std::uint32_t streams = 0;
    bool is_device = false;
    bool presence_written = false;
    std::uint16_t presence_s = 0;  // steady seconds, cut: when it was written last
    Hash128 device;
    std::unique_ptr<std::string> subject;
  };
  struct Part {
    mutable std::mutex mutex;
    boost::unordered_flat_map<std::uint64_t, Holder> holders;
  };
  struct Beat {
    std::string room;
    Millis heartbeat{};
    Millis read_at{};
  };
  class PresenceCall;
  friend class PresenceCall;

  Part& part_of(std::uint64_t key) { return parts_[key % parts_.size()]; }
  Next render_waiting(edge::ParkedStream& stream, edge::StreamKind kind,
                      const room::TicketView& view, std::string& out);
  void render_admitted(const edge::ParkedStream& stream, edge::StreamKind kind,
                       const room::TicketView& view, std::string& out);
  void emit(std::string& out, edge::StreamKind kind, std::string_view event, std::string_view data);
  Beat beat_of(std::uint32_t room);
  std::string subject_of(std::uint64_t key);
  void keep_presence(std::uint64_t key, const room::TicketView& view, bool beats);
  void write_presence(std::uint64_t key, const TicketId& ticket, bool starts);
  void presence_failed(std::uint64_t key, const TicketId& ticket, bool starts);
  void write_missed_ends();
  engine::Shard& shard() const { return places_.load()->services().shard; }

  const ports::Clock& clock_;
  std::atomic<gateway::Places*> places_{nullptr};
  std::atomic<edge::ParkingLots*> lots_{nullptr};
  std::array<Part, 16> parts_;
  std::mutex beats_mutex_;
  std::vector<std::optional<Beat>> beats_;  // by room number
  std::mutex missed_mutex_;
  std::vector<std::pair<std::uint64_t, TicketId>> missed_ends_;
  std::atomic<bool> any_missed_{false};
};

}  // namespace doorward::api
