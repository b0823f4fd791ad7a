// Concurrency: who is inside at this moment, each on a lease.
//
// Why:       a limit on calls under way. Every holder has an id of the caller's choice (random) and
//            gives its slot back by it; a holder that crashed loses it after `window`.
//            Overshoot: none among holders within their lease.
// Time:      a lease taken or renewed at t holds until just before t + window. Going back:
//            decision.hpp.
// Ownership: one pointer; a fresh one holds no memory.
// Bounds:    at most `limit` holders of 24 bytes; every call walks over them, newest first.
#pragma once

#include "core/limit/compiled_quota.hpp"
#include "core/limit/decision.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace doorward::limit {

using LeaseId = std::uint64_t;

class Leases {
 public:
  Leases() = default;
  explicit Leases(const Leases& other);
  Leases(Leases&&) noexcept = default;
  Leases& operator=(Leases&&) noexcept = default;
  ~Leases() = default;

  // Takes `cost` slots under `id`. If `id` already holds some, it keeps them and its lease is
  // renewed, whatever the cost: a call that is repeated takes nothing twice. Cost 0 takes nothing.
  Decision acquire(const CompiledQuota& quota, Time now, LeaseId id, std::uint64_t cost);
  // What `acquire` by a new id would answer; costs a copy.
  Decision peek(const CompiledQuota& quota, Time now, std::uint64_t cost) const;
  // False if `id` holds nothing: never did, gave it back, or its lease ended.
  bool renew(const CompiledQuota& quota, Time now, LeaseId id);
  bool release(const CompiledQuota& quota, Time now, LeaseId id);

  // From when on it is as good as a fresh one, if nobody renews.
  Time idle_at() const;
  // On the heap, beside sizeof(Leases).
  std::size_t memory_bytes() const;

  friend bool operator==(const Leases& a, const Leases& b);

 private:
  struct Holder {
    LeaseId id = 0;
    Time end;
    std::uint64_t slots = 0;
    friend bool operator==(const Holder&, const Holder&) = default;
  };
  using Holders = std::vector<Holder>;

  Time settle(const CompiledQuota& quota, Time now);
  Holders::iterator find(LeaseId id);
  void extend(Holders::iterator holder, Time end);
  Time free_at(std::uint64_t slots) const;
  std::uint64_t held() const;

  std::unique_ptr<Holders> holders_;  // by rising end
};
static_assert(sizeof(Leases) == 8);

}  // namespace doorward::limit
