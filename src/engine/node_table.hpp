// The nodes that write to this log: what was applied of each, and whether its streams still stand.
//
// Why:     a command is applied once, and a dead node's visitors are not held for present. Both are
//          asked when needed; nothing walks over tickets when a node dies.
// Time:    a node is alive until a later life of the same place started, or until it was not heard
//          for kLease of service time. It is forgotten when none of its commands could be applied
//          any more (kStaleAfter) and no ticket refers to it.
// Threads: single-owner.
// Bounds:  as many slots as nodes heard within a day, and dead ones that tickets still refer to.
#pragma once

#include "base/bytes.hpp"
#include "base/time.hpp"

#include <cstdint>
#include <vector>

namespace doorward::engine {

class NodeTable {
 public:
  using Slot = std::uint32_t;  // from 1; 0 is no node
  static constexpr Millis kLease{15'000};
  static constexpr Millis kStaleAfter{30'000};

  struct Heard {
    std::uint64_t node = 0;
    LogTime written_at{};
    LogTime at{};
    ServiceTime service_at{};
  };

  // The node wrote a batch that is now applied.
  Slot heard(const Heard& batch);
  // True once for each counter; they rise.
  bool take(Slot slot, std::uint64_t counter);
  // The node is a new life of `place`: those before it have ended.
  void started(Slot slot, std::uint64_t place, ServiceTime now);

  bool is_alive(Slot slot, ServiceTime now) const;
  // When its streams ended, or `now` while they stand.
  ServiceTime present_until(Slot slot, ServiceTime now) const;

  // Tickets whose presence is at this node.
  void refer(Slot slot) { ++at(slot).tickets; }
  void release(Slot slot) { --at(slot).tickets; }
  std::uint32_t tickets(Slot slot) const { return slots_[slot - 1].tickets; }
  std::uint64_t id_of(Slot slot) const { return slots_[slot - 1].id; }
  Slot find(std::uint64_t node) const;  // 0 if it is not known
  std::uint64_t last_counter(Slot slot) const { return slots_[slot - 1].last_counter; }
  bool has(Slot slot) const { return slot > 0 && slot <= slots_.size(); }

  void write(ByteWriter& out) const;
  static NodeTable read(ByteReader& in);  // references are counted anew by the caller

 private:
  struct Node {
    std::uint64_t id = 0;  // 0: a free slot
    std::uint64_t place = 0;
    std::uint64_t last_counter = 0;
    LogTime last_written{};
    LogTime last_heard{};
    ServiceTime last_service{};
    ServiceTime ended_at{};
    bool ended = false;
    std::uint32_t tickets = 0;
  };

  Node& at(Slot slot) { return slots_[slot - 1]; }
  const Node& at(Slot slot) const { return slots_[slot - 1]; }
  Slot add(std::uint64_t node);
  void forget_old(LogTime now);

  std::vector<Node> slots_;
};

}  // namespace doorward::engine
