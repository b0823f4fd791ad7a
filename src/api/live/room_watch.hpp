// Looks at rooms and rules once a second: how many wait, how fast they are admitted, what changed.
//
// Why:     the engine's applier and the requests must not wait for statistics.
// Time:    wall time, given.
// Threads: thread-safe.
// Bounds:  rates of kMostRooms rooms; at most kMostTold events a look.
#pragma once

#include "api/live/bus.hpp"
#include "api/live/statistics.hpp"
#include "engine/shard.hpp"

#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

namespace doorward::api::live {

class RoomWatch {
 public:
  static constexpr std::size_t kMostRooms = 1'000;
  static constexpr std::size_t kMostTold = 100;

  void look(const engine::Shard& shard, Bus& bus, Statistics& statistics, LogTime now);
  // Over the last minute. Absent: not seen for long enough.
  std::optional<double> admitted_per_min(const room::RoomView& view, LogTime now) const;

 private:
  struct Sample {
    LogTime at{};
    std::uint64_t admitted = 0;
  };
  struct Known {
    std::string name;
    room::Policy policy;
    room::Mode mode = room::Mode::open;
    std::uint32_t waiting = 0;
    std::uint32_t inside = 0;
    std::deque<Sample> samples;  // one in ten seconds, of the last minute
    std::uint64_t seen = 0;      // at which look
  };
  void look_at(const engine::RoomEntry& entry, Bus& bus, LogTime now);
  void forget_rooms(Bus& bus, LogTime now);
  void look_at_rules(const engine::Shard& shard, Bus& bus, LogTime now);
  void tell(Bus& bus, Event event);

  mutable std::mutex mutex_;
  std::unordered_map<std::uint32_t, Known> rooms_;
  std::shared_ptr<const limit::RuleSet> rules_;
  std::uint64_t looks_ = 0;
  std::size_t told_ = 0;
};

}  // namespace doorward::api::live
