// What waiting visitors hear: their place, now and then; admission, end, and that nobody is let in
// now (sold out, paused) or somebody is again, or that places were drawn, at once.
//
// Why:     an event of the engine only marks a stream as due; the stream then reads the ticket as
//          it is, so that a full queue loses nothing. Positions are not pushed but looked at: once
//          a second near the front, once in five seconds behind, whatever moves in between.
// Time:    steady time from the clock given, for the beat; wall time for tokens.
// Ownership: made before the shard, which it listens to; `attach` before anything is parked. Places
//          and lots outlive it or are quiet by then.
// Threads: thread-safe: rendered on the loops, told by the shard's applier.
// Bounds:  a word of memo in the connection and one table row of 40 bytes a ticket, which stays
//          until the log knows that the ticket's last stream has ended.
// Order:   of one ticket at most one presence is on its way into the log; what changed meanwhile is
//          written when it has arrived. So a reload, whose streams overlap, ends as present.
// Errors:  a presence that the log did not take is written again by `write_missed`; that of a
//          visitor who was passed over with the stream open (this node was held for dead), by the
//          stream itself.
// Spec:    docs/api.md, "Events"; WHATWG HTML "server-sent events"; RFC 6455.
#pragma once

#include "api/native/seat_streams.hpp"
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

// Whose words a stream speaks.
enum class StreamVoice : std::uint8_t { native, ticketing_gateway, count_ };

// How a system that Doorward stands in for tells a ticket; presence is not its business.
class TicketVoice {
 public:
  virtual ~TicketVoice() = default;
  // As StreamSource::render. `memo` is zero at first, and the voice's own. No view: the ticket is
  // forgotten.
  virtual edge::StreamSource::Next render(std::uint64_t& memo, edge::StreamKind kind,
                                          const std::optional<room::TicketView>& view,
                                          std::string& out) = 0;
};

class TicketStreams final : public edge::StreamSource, public engine::Listener {
 public:
  // In keys of other sources, whose streams of a ticket are counted and woken with ours: this bit
  // and the ticket's own key.
  static constexpr std::uint64_t kMarked = std::uint64_t{1} << 63;

  explicit TicketStreams(const ports::Clock& clock) : clock_(clock), seats_(clock) {}

  void attach(gateway::Places& places, edge::ParkingLots& lots);

  // Before anything is parked in that voice; outlives the streams.
  void speak(StreamVoice as, TicketVoice& voice);

  // Counts one more stream of this ticket; `gone` counts it off.
  edge::ParkedStream open(const gateway::Place& place, StreamVoice as = StreamVoice::native);
  // With streams, or with an end that is not in the log yet.
  std::size_t tickets() const;
  // Writes what the log did not take, as far as it takes it now. To be called every few seconds.
  void write_missed();
  // Streams of another kind, heard and asked through this.
  SeatStreams& seats() { return seats_; }
  // The stream stands: where the log holds the visitor for absent, it is told otherwise.
  void keep_presence(std::uint64_t key, const room::TicketView& view);
  // From now on streams with marked keys are woken too.
  void wake_marked() { any_marked_.store(true, std::memory_order_relaxed); }

  Next render(edge::ParkedStream& stream, edge::StreamKind kind, std::string& out) override;
  Heard message(edge::ParkedStream& stream, std::string_view text, std::string& out) override;
  void gone(const edge::ParkedStream& stream) override;

  void changed(std::span<const engine::TicketHandle> tickets) override;
  void rooms_changed(std::span<const std::uint32_t> rooms) override;
  void sold_out_changed(std::span<const std::uint32_t> rooms) override;
  void units_changed(std::span<const engine::UnitChange> units) override { seats_.changed(units); }

 private:
  // What the log was told last of a ticket's presence.
  enum class Told : std::uint8_t { away, here, unsure };
  // Whom a ticket is for. A device's text is made again from its id, and so costs no allocation.
  struct Holder {
    std::uint32_t streams = 0;
    std::uint16_t presence_s = 0;  // steady seconds, cut: when it was written last
    Told told = Told::away;
    bool is_telling : 1 = false;  // a presence is on its way into the log
    bool is_device : 1 = false;
    Hash128 device;
    std::unique_ptr<std::string> subject;
  };
  struct Part {
    mutable std::mutex mutex;
    boost::unordered_flat_map<std::uint64_t, Holder> holders;
  };
  // Why nobody has a place, or is let in.
  struct Halt {
    bool paused = false;
    bool awaits_draw = false;
    friend bool operator==(const Halt&, const Halt&) = default;
  };
  struct Beat {
    std::string room;
    Millis heartbeat{};
    Millis read_at{};
    Halt halt = {};
    std::optional<LogTime> opens_at = {};  // seen from `read_at`
    Halt told = {};                        // what the streams were woken for last
  };
  class PresenceCall;
  friend class PresenceCall;

  static constexpr std::size_t kVoices = static_cast<std::size_t>(StreamVoice::count_);
  struct Spoken {
    TicketVoice* voice = nullptr;  // null: the native one
    std::atomic<std::uint64_t> streams{0};
  };

  Next render_spoken(edge::ParkedStream& stream, edge::StreamKind kind, std::string& out);
  Part& part_of(std::uint64_t key) { return parts_[key % parts_.size()]; }
  Next render_waiting(edge::ParkedStream& stream, edge::StreamKind kind,
                      const room::TicketView& view, std::string& out);
  void render_admitted(const edge::ParkedStream& stream, edge::StreamKind kind,
                       const room::TicketView& view, std::string& out);
  void emit(std::string& out, edge::StreamKind kind, std::string_view event, std::string_view data);
  std::optional<Beat> read_beat(std::uint32_t room, Millis now) const;
  Beat beat_of(std::uint32_t room);
  bool halts_otherwise(std::uint32_t room);
  void wake_all();
  std::string subject_of(std::uint64_t key);
  // The streams of these tickets, whoever's words they speak.
  void wake(std::span<const std::uint64_t> tickets);
  bool settle(std::uint64_t key);
  bool write_presence(std::uint64_t key, const TicketId& ticket, bool starts);
  void told(std::uint64_t key, Told what);
  engine::Shard& shard() const { return places_.load()->services().shard; }

  const ports::Clock& clock_;
  SeatStreams seats_;
  std::atomic<gateway::Places*> places_{nullptr};
  std::atomic<edge::ParkingLots*> lots_{nullptr};
  std::array<Part, 16> parts_;
  std::array<Spoken, kVoices> spoken_;
  std::mutex beats_mutex_;
  std::vector<std::optional<Beat>> beats_;  // by room number
  std::atomic<bool> any_missed_{false};
  std::atomic<bool> any_marked_{false};
};

}  // namespace doorward::api
