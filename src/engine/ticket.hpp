// One ticket as it lies in the slab: 64 bytes without padding, so that a million fit and a snapshot
// is the bytes as they are.
//
// Units:   times in milliseconds since the epoch, cut to 44 bits (the year 2527).
// Threads: plain values.
// Spec:    docs/log-format.md, "Snapshot".
#pragma once

#include "base/ids.hpp"
#include "base/time.hpp"
#include "core/room/view.hpp"

#include <algorithm>
#include <cstdint>
#include <type_traits>

namespace doorward::engine {

// Which line of its lane a waiting ticket stands in.
enum class Queue : std::uint8_t {
  front,      // the line proper, in order of arrival or of the draw
  returners,  // was passed over and came back: takes the next free slots
  aside,      // passed over, not back yet
};

struct Ticket {
  TicketId id;
  SubjectKey subject;
  std::uint64_t joined_bits : 44 = 0;
  std::uint64_t node : 20 = 0;  // NodeTable slot that holds a stream of it; 0: none
  std::uint64_t moment_bits : 44 = 0;
  std::uint64_t lane : 8 = 0;
  std::uint64_t state_bits : 2 = 0;
  std::uint64_t reason_bits : 4 = 0;
  std::uint64_t queue_bits : 2 = 0;
  std::uint64_t claimed : 1 = 0;    // arrived; until then the deadline is that of the claim
  std::uint64_t uncounted : 1 = 0;  // admitted by bypass: no part of the capacity
  std::uint64_t spare : 2 = 0;
  std::uint64_t deadline_bits : 44 = 0;  // 0: none
  std::uint64_t room : 20 = 0;
  std::uint64_t place = 0;  // in its line, while waiting

  static constexpr std::int64_t kMaxMillis = (std::int64_t{1} << 44) - 1;
  static constexpr std::uint64_t cut(Millis since) {
    return static_cast<std::uint64_t>(std::clamp<std::int64_t>(since.count(), 0, kMaxMillis));
  }
  static constexpr Millis whole(std::uint64_t bits) {
    return Millis(static_cast<std::int64_t>(bits));
  }

  room::TicketState state() const { return static_cast<room::TicketState>(state_bits); }
  bool is(room::TicketState s) const { return state() == s; }
  room::CloseReason reason() const { return static_cast<room::CloseReason>(reason_bits); }
  Queue queue() const { return static_cast<Queue>(queue_bits); }

  LogTime joined_at() const { return LogTime(whole(joined_bits)); }
  // `moment` is the last sign of life of a waiting ticket, and the admission of another.
  ServiceTime seen_at() const { return ServiceTime(whole(moment_bits)); }
  LogTime admitted_at() const { return LogTime(whole(moment_bits)); }
  bool was_admitted() const { return !is(room::TicketState::waiting) && moment_bits != 0; }
  ServiceTime deadline() const { return ServiceTime(whole(deadline_bits)); }

  friend bool operator==(const Ticket&, const Ticket&) = default;

  void set_state(room::TicketState s) { state_bits = static_cast<std::uint64_t>(s) & 3; }
  void set_reason(room::CloseReason r) { reason_bits = static_cast<std::uint64_t>(r) & 15; }
  void set_queue(Queue q) { queue_bits = static_cast<std::uint64_t>(q) & 3; }
  void set_joined_at(LogTime t) { joined_bits = cut(t.time_since_epoch()); }
  void set_seen_at(ServiceTime t) { moment_bits = cut(t.time_since_epoch()); }
  void set_admitted_at(LogTime t) { moment_bits = cut(t.time_since_epoch()); }
};
static_assert(sizeof(Ticket) == 64);
static_assert(std::has_unique_object_representations_v<Ticket>);
static_assert(std::is_trivially_copyable_v<Ticket>);

}  // namespace doorward::engine
