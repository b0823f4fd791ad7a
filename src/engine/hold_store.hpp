// Holds and the units that they claim, each in a slab, and what is derived from them.
//
// Why:     holds and claims only; what a hold may do is decided elsewhere. A unit that nobody has
//          costs nothing here, and a snapshot takes two lists of chunks.
// State:   the slabs go into snapshots; index, accounts and deadlines are derived.
// Time:    O(1) but for deadlines, O(log n), and the units of one hold.
// Threads: single-owner; const functions from any thread while the owner changes nothing.
// Bounds:  a hold takes 96 bytes and 8 of the slab, some 10 in the index, 20 for a deadline, and
//          24 for each claim of a unit by name; an account 48.
// Spec:    docs/log-format.md, "Snapshot".
#pragma once

#include "base/chunked_slab.hpp"
#include "base/deadline_heap.hpp"
#include "base/segmented_index.hpp"
#include "core/reserve/hold.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace doorward::engine {

struct HoldRow {
  reserve::HoldId id;
  SubjectKey subject;
  std::uint64_t fence = 0;
  std::int64_t deadline = 0;    // service time: of the lease, or when it is forgotten; 0: none
  std::int64_t latest = 0;      // service time: no extension goes beyond it
  std::int64_t made_at = 0;     // log time
  std::int64_t changed_at = 0;  // log time: confirmed or over; 0 while held
  std::uint32_t inventory = 0;
  std::uint32_t count = 0;
  std::uint32_t first_claim = 0;  // one more than its index; 0: none
  std::uint8_t state_bits = 0;
  std::uint8_t reason_bits = 0;
  std::uint16_t spare = 0;
  std::uint64_t priced = 0;  // one more than what it cost when it was made; 0: before rules 5

  reserve::HoldState state() const { return static_cast<reserve::HoldState>(state_bits); }
  bool is(reserve::HoldState s) const { return state() == s; }
  reserve::EndReason reason() const { return static_cast<reserve::EndReason>(reason_bits); }
  friend bool operator==(const HoldRow&, const HoldRow&) = default;
};

struct ClaimRow {
  std::uint32_t hold = 0;
  std::uint32_t unit = 0;
  std::uint32_t next = 0;  // of the same hold, one more than its index; 0: none
  std::uint32_t spare = 0;
};

class HoldStore {
 public:
  using Holds = ChunkedSlab<HoldRow>;
  using Claims = ChunkedSlab<ClaimRow>;

  // The id must be new.
  std::uint32_t insert(const HoldRow& row, const std::vector<std::uint32_t>& units);
  // Gives its claims up.
  void drop_claims(std::uint32_t index);
  // Takes the hold, which has no claims any more, out of everything.
  void forget(std::uint32_t index);

  std::optional<std::uint32_t> find(const reserve::HoldId& id) const;
  const HoldRow& operator[](std::uint32_t index) const { return holds_[index]; }
  // For changes other than of id, subject, claims and deadline.
  HoldRow& edit(std::uint32_t index) { return holds_.edit(index); }
  const Holds& holds() const { return holds_; }
  const Claims& claims() const { return claims_; }
  std::vector<std::uint32_t> units_of(std::uint32_t index) const;

  void set_deadline(std::uint32_t index, ServiceTime at);
  void clear_deadline(std::uint32_t index);
  std::optional<ServiceTime> first_deadline() const;
  std::optional<std::uint32_t> pop_due(ServiceTime now);

  // Units that a subject has of an inventory, held and confirmed.
  std::uint32_t account(std::uint32_t inventory, const SubjectKey& subject) const;
  void add_to_account(std::uint32_t inventory, const SubjectKey& subject, std::uint32_t units);
  void take_from_account(std::uint32_t inventory, const SubjectKey& subject, std::uint32_t units);

  // Its holds that are over and still remembered.
  std::uint32_t over(std::uint32_t inventory, const SubjectKey& subject) const;
  void add_over(std::uint32_t inventory, const SubjectKey& subject);

  // Takes over the slabs of a snapshot and derives index and deadlines; accounts are the caller's
  // to add. False if two holds have one id, or a claim belongs to none or to two.
  bool restore(Holds holds, Claims claims);

 private:
  struct AccountRow {
    SubjectKey subject;
    std::uint32_t inventory = 0;
    std::uint32_t units = 0;
    std::uint32_t over = 0;
    std::uint32_t spare = 0;
  };
  std::optional<std::uint32_t> find_account(std::uint32_t inventory,
                                            const SubjectKey& subject) const;
  AccountRow& edit_account(std::uint32_t inventory, const SubjectKey& subject);
  void drop_empty(std::uint32_t account);
  bool restore_claims(std::uint32_t index, const HoldRow& row, std::uint32_t& seen) const;

  Holds holds_;
  Claims claims_;
  SegmentedIndex by_id_;
  DeadlineHeap deadlines_;
  ChunkedSlab<AccountRow> accounts_;
  SegmentedIndex by_subject_;
};

}  // namespace doorward::engine
