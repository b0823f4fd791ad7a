// The exact sliding window: remembers when each hit came.
//
// Why:       never more than `limit` in any interval of length `window`, and never a refusal that
//            was not needed. Overshoot: none.
// Time:      a hit at t counts until just before t + window. Going back: decision.hpp.
// Ownership: one pointer; a fresh log holds no memory.
// Bounds:    hits of one nanosecond share an entry; at most `limit` entries of 12 bytes, in a block
//            that doubles; `memory_bytes` tells. With `count_refused`, what is older than the last
//            `limit` hits is forgotten, since it can no longer matter.
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
  SlidingLog() = default;
  SlidingLog(SlidingLog&&) noexcept = default;
  SlidingLog& operator=(SlidingLog&&) noexcept = default;
  ~SlidingLog();

  Decision decide(const CompiledQuota& quota, Time now, std::uint64_t cost);
  Decision peek(const CompiledQuota& quota, Time now, std::uint64_t cost) const;

  // From when on it is as good as a fresh one.
  Time idle_at(const CompiledQuota& quota) const;
  // On the heap, beside sizeof(SlidingLog).
  std::size_t memory_bytes() const;

  void write(ByteWriter& out) const;
  static SlidingLog read(ByteReader& in);

 private:
  struct Block;
  std::unique_ptr<Block> block_;
};
static_assert(sizeof(SlidingLog) == 8);

}  // namespace doorward::limit
