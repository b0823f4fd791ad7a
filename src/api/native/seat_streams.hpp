// Live seat maps: who looks at one sees its seats change, a moment later.
//
// Why:     the engine tells every change of a seat; here they are kept in a short list for each map
//          that somebody looks at, and each stream reads on from where it was. What it missed it
//          gets as the whole map.
// Time:    a stream looks four times a second, so that a change wakes nobody and many become one.
// Ownership: made before the shard, whose changes `TicketStreams` passes on; `attach` before
//          anything is parked.
// Threads: thread-safe: rendered on the loops, told by the shard's applier.
// Bounds:  kMostStreams; kMostKept changes a map; 60 KiB in one rendering. A map of more than
//          kMostAtOnce seats is not sent whole: the client is told to read it.
// Spec:    docs/reservations.md, "Live seats".
#pragma once

#include "edge/parking.hpp"
#include "engine/shard.hpp"
#include "ports/clock.hpp"

#include <boost/unordered/unordered_flat_map.hpp>

#include <atomic>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace doorward::api {

// {"inventory","currency","sections":[…]} with one letter a seat: a available, h held, c confirmed.
std::string seats_json(std::string_view inventory, const engine::SeatStates& seats);

class SeatStreams final : public edge::StreamSource {
 public:
  static constexpr std::size_t kMostStreams = 50'000;
  static constexpr std::size_t kMostKept = 16'384;
  static constexpr std::uint32_t kMostAtOnce = 40'000;
  // No ticket's handle has this generation, which is even, and no other stream this key.
  static constexpr std::uint64_t kFirstKey = 0xffff'fffeULL << 32;

  explicit SeatStreams(const ports::Clock& clock) : clock_(clock) {}
  void attach(const engine::Shard& shard) { shard_ = &shard; }

  // To be parked. Absent: there are too many already. Where parking fails, call `gone`. `inventory`
  // by its whole name, `shown` as its callers know it.
  std::optional<edge::ParkedStream> open(const std::string& inventory, std::uint32_t number,
                                         const std::string& shown);
  static bool owns(std::uint64_t key) { return key >> 32 == kFirstKey >> 32; }
  std::size_t count() const;

  Next render(edge::ParkedStream& stream, edge::StreamKind kind, std::string& out) override;
  Heard message(edge::ParkedStream&, std::string_view, std::string&) override {
    return Heard::go_on;
  }
  void gone(const edge::ParkedStream& stream) override;

  void changed(std::span<const engine::UnitChange> units);

 private:
  struct Feed {
    std::string inventory;
    std::string shown;
    std::uint32_t streams = 0;
    std::uint64_t first = 1;  // the number of the oldest change that is kept
    std::deque<engine::UnitChange> changes;
    std::uint64_t next() const { return first + changes.size(); }
    // What was rendered last: most streams stand at the same change.
    std::uint64_t shown_from = 0;
    std::uint64_t shown_to = 0;
    std::weak_ptr<const reserve::SeatMap> shown_map;
    std::string shown_text;
  };
  struct Held {
    std::shared_ptr<Feed> feed;
    std::uint32_t number = 0;
    std::weak_ptr<const reserve::SeatMap> map;  // that was sent
    Millis sent_at{};
  };

  bool show_whole(Held& held, edge::ParkedStream& stream, std::string& out);
  bool show_changes(Held& held, edge::ParkedStream& stream, std::string& out);

  const ports::Clock& clock_;
  std::atomic<const engine::Shard*> shard_{nullptr};
  std::atomic<bool> any_{false};
  mutable std::mutex mutex_;
  std::map<std::uint32_t, std::shared_ptr<Feed>> feeds_;  // by the inventory's number
  boost::unordered_flat_map<std::uint64_t, Held> streams_;
  std::uint32_t last_key_ = 0;
};

}  // namespace doorward::api
