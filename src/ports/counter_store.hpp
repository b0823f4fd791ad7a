// Where the counters of all limits are kept, one per key; decides and counts in one step.
//
// Why:     makes a decision atomic: N racing calls on a limit of k admit exactly k. What the
//          numbers mean is core/limit's; which quotas and keys a call meets is the caller's.
// Keys:    a keyed 128-bit hash (siphash128 with a secret key) of all that tells counters apart:
//          the rule, the quota's place in it, and the client. Whoever does not know the secret
//          cannot choose two keys that collide. A changed quota under the same key and algorithm
//          goes on from the present count; under another algorithm the key begins afresh.
// Time:    `now` is wall time and may differ between threads by a little; see limit/decision.hpp.
// Ownership: quotas are read during the call only, and must have passed limit::validate.
// Threads: thread-safe.
// Bounds:  an implementation states its bound in bytes. When full it forgets first what is as good
//          as fresh, then what is nearest to it, and counts the latter in `forgotten_live`.
// Errors:  none: a store in this process always answers. One across a network cannot answer at
//          once: it stands beside this port with the same calls, each ending in a Result, and
//          passes the same contract through a CounterBench that waits for each answer.
// Spec:    docs/limits.md; every implementation passes ports/contract/counter_store_contract.hpp.
#pragma once

#include "base/siphash.hpp"
#include "core/limit/compiled_quota.hpp"
#include "core/limit/decision.hpp"
#include "core/limit/leases.hpp"

#include <cstddef>
#include <cstdint>
#include <span>

namespace doorward::ports {

// One call on one counter.
struct Hit {
  Hash128 key;
  const limit::CompiledQuota* quota = nullptr;
  std::uint64_t cost = 1;
  // Concurrency only: under which id the slot is taken, drawn at random by the caller.
  limit::LeaseId lease = 0;
};

struct CounterStats {
  std::uint64_t keys = 0;   // kept now, idle ones that nobody cleared yet among them
  std::uint64_t bytes = 0;  // taken now
  // Since the start:
  std::uint64_t expired = 0;         // forgotten since they were as good as fresh
  std::uint64_t forgotten_live = 0;  // forgotten for want of room though they could refuse somebody
};

class CounterStore {
 public:
  static constexpr std::size_t kMaxHits = 16;

  virtual ~CounterStore() = default;

  virtual limit::Decision decide(const Hit& hit, limit::Time now) = 0;

  // All hits in one step: if all allow, all count and the answer is true; else none counts (but
  // those that refuse and have `count_refused`). `decisions[i]` is that of `hits[i]`; where another
  // hit refused, one that allows tells what is left without this call. At most kMaxHits, of
  // distinct keys; `decisions` is as long as `hits`.
  virtual bool decide(std::span<const Hit> hits, limit::Time now,
                      std::span<limit::Decision> decisions) = 0;

  // Each hit by itself, in order, as `decide` of one would. For batches and pipelines of calls: a
  // store may be much quicker here, since it knows what comes next. Any number of hits.
  virtual void decide_each(std::span<const Hit> hits, limit::Time now,
                           std::span<limit::Decision> decisions) {
    for (std::size_t i = 0; i < hits.size(); ++i) decisions[i] = decide(hits[i], now);
  }

  // What `decide` would answer; changes nothing.
  virtual limit::Decision peek(const Hit& hit, limit::Time now) const = 0;

  // Counts a cost that is known only after the answer (bytes, a GraphQL cost). Never refuses: what
  // is above the rest uses up the rest, and is not owed. Concurrency: counts nothing.
  virtual limit::Decision charge(const Hit& hit, limit::Time now) = 0;

  // The key is as if never used. False if it was.
  virtual bool reset(const Hash128& key) = 0;

  // Concurrency: a slot is taken by `decide`. Both are false if `hit.lease` holds none (any more).
  virtual bool renew(const Hit& hit, limit::Time now) = 0;
  virtual bool release(const Hit& hit, limit::Time now) = 0;

  virtual CounterStats stats() const = 0;
};

}  // namespace doorward::ports
