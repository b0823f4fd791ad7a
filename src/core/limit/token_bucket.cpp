#include "core/limit/token_bucket.hpp"

#include <algorithm>

namespace doorward::limit {
namespace {

// Times here are spans since the epoch.
// When the bucket is full, were nobody to take from it; not before `now`.
Span full_at(const State& state, const CompiledQuota& quota, Time now) {
  // A state of another quota may have larger parts.
  const std::uint64_t part = std::min<std::uint64_t>(state.first, quota.limit() - 1);
  const Span at{state.at.time_since_epoch().count(), part};
  const Span present{now.time_since_epoch().count(), 0};
  if (at <= present) return present;
  const bool clock_was_put_back =
      at.ns > present.ns + quota.refill_all().ns + quota.window().count();
  return clock_was_put_back ? plus(present, quota.refill_all(), quota.limit()) : at;
}

// Whole tokens that refill between two moments of which the second is later.
std::uint64_t tokens(const Span& from, const Span& to, const CompiledQuota& quota) {
  if (to <= from) return 0;
  const Wide parts =
      static_cast<Wide>(static_cast<std::uint64_t>(to.ns - from.ns)) * quota.limit() + to.part -
      from.part;
  return quota.per_window()(parts);
}

void keep(State& state, const Span& full) {
  state.at = Time{Nanos{full.ns}};
  state.first = static_cast<std::uint32_t>(full.part);
}

}  // namespace

Decision TokenBucket::decide(State& state, const CompiledQuota& quota, Time now,
                             std::uint64_t cost) {
  now = bounded(now);
  const Span present{now.time_since_epoch().count(), 0};
  // When a bucket is full that is empty now.
  const Span empty = plus(present, quota.refill_all(), quota.limit());
  Span full = full_at(state, quota, now);
  const bool ever = cost <= quota.capacity();
  Span after = ever ? plus(full, quota.refill(cost), quota.limit()) : full;
  const bool allowed = cost == 0 || (ever && after <= empty);

  Nanos retry_after{0};
  if (allowed) {
    full = after;
  } else {
    if (quota.count_refused() && full < empty) {
      full = empty;
      after = ever ? plus(full, quota.refill(cost), quota.limit()) : full;
    }
    retry_after = ever ? wait(empty, after) : kNever;
  }
  if (present < full) keep(state, full);
  return {allowed, quota.capacity(), tokens(full, empty, quota), wait(present, full), retry_after};
}

}  // namespace doorward::limit
