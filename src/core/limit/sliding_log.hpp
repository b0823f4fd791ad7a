// The exact sliding window: remembers when each hit came.
//
// Why:       never more than `limit` in any interval of length `window`, and never a refusal that
//            was not needed. Overshoot: none.
// Time:      a hit at t counts until just before t + window. Going back: decision.hpp.
//            A call of cost 1 takes O(1), amortised; the wait of a refused call of cost n, O(n).
// Ownership: one pointer; a fresh log holds no memory.
// Bounds:    hits of one nanosecond share an entry; at most `limit` entries of 12 bytes, in a ring
//            that doubles and halves; `memory_bytes` tells. With `count_refused`, what is older
//            than the last `limit` hits is forgotten, since it can no longer matter.
// Errors:    `read` fails the reader on false bytes.
#pragma once

#include "base/bytes.hpp"
#include "core/limit/compiled_quota.hpp"
#include "core/limit/decision.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>

namespace doorward::limit {

class SlidingLog {
 public:
  SlidingLog();
  explicit SlidingLog(const SlidingLog& other);
  SlidingLog(SlidingLog&&) noexcept;
  SlidingLog& operator=(SlidingLog&&) noexcept;
  ~SlidingLog();

  Decision decide(const CompiledQuota& quota, Time now, std::uint64_t cost);
  // What `decide` would answer; costs a copy.
  Decision peek(const CompiledQuota& quota, Time now, std::uint64_t cost) const;

  // From when on it is as good as a fresh one.
  Time idle_at(const CompiledQuota& quota) const;
  // On the heap, beside sizeof(SlidingLog).
  std::size_t memory_bytes() const;

  void write(ByteWriter& out) const;
  static SlidingLog read(ByteReader& in);

  friend bool operator==(const SlidingLog& a, const SlidingLog& b);

 private:
  struct Block;
  // What of it counts at a moment.
  struct Live {
    Time now;                 // not before the last hit
    std::uint32_t first = 0;  // the oldest entry that counts
    std::uint64_t hits = 0;
    bool clock_was_put_back = false;
  };
  Live live(const CompiledQuota& quota, Time now) const;
  void settle(const Live& live);
  void count(Time now, std::uint64_t cost, std::uint64_t limit);
  Time gone_at(std::uint64_t hits, const CompiledQuota& quota) const;

  std::unique_ptr<Block> block_;
};
static_assert(sizeof(SlidingLog) == 8);

}  // namespace doorward::limit
