// All tickets of a shard, found by index, id, or (room, subject), with at most one deadline each.
//
// Why:     keeps the slab and what is derived from it in step; knows nothing of what a ticket
//          means.
// Time:    O(1) but for deadlines, O(log n).
// Threads: single-owner; const functions from any thread while the owner changes nothing.
// Bounds:  64 bytes a ticket and 8 of the slab, some 17 in indexes, 20 for a deadline.
#pragma once

#include "base/chunked_slab.hpp"
#include "base/deadline_heap.hpp"
#include "base/segmented_index.hpp"
#include "engine/ticket.hpp"

#include <cstdint>
#include <optional>

namespace doorward::engine {

class TicketStore {
 public:
  using Slab = ChunkedSlab<Ticket>;

  // The id must be new, and the subject without a live ticket in this room.
  std::uint32_t insert(const Ticket& ticket);
  // The ticket is closed: its subject may join anew.
  void release_subject(std::uint32_t index);
  // Takes the ticket out of everything.
  void forget(std::uint32_t index);

  std::optional<std::uint32_t> find(const TicketId& id) const;
  // The subject's live ticket in this room.
  std::optional<std::uint32_t> find(std::uint32_t room, const SubjectKey& subject) const;

  const Ticket& operator[](std::uint32_t index) const { return slab_[index]; }
  // For changes other than of id, subject, room and deadline.
  Ticket& edit(std::uint32_t index) { return slab_.edit(index); }
  const Slab& slab() const { return slab_; }

  void set_deadline(std::uint32_t index, ServiceTime at);
  void clear_deadline(std::uint32_t index);
  std::optional<ServiceTime> first_deadline() const;
  // Removes from the deadlines, and gives, the ticket whose deadline is first, if due at `now`.
  std::optional<std::uint32_t> pop_due(ServiceTime now);

  std::size_t memory_bytes() const;

  // Takes over the slab of a snapshot and derives the rest. False if two tickets have one id, or
  // one subject has two live tickets in a room.
  bool restore(Slab slab);

 private:
  Slab slab_;
  SegmentedIndex by_id_;
  SegmentedIndex by_subject_;
  DeadlineHeap deadlines_;
};

}  // namespace doorward::engine
