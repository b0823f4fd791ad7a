#include "core/limit/decide.hpp"

#include <cassert>

namespace doorward::limit {

Decision decide_by_algorithm(State& state, const CompiledQuota& quota, Time now,
                             std::uint64_t cost) {
  switch (quota.algorithm()) {
    case Algorithm::fixed_window: return FixedWindow::decide(state, quota, now, cost);
    case Algorithm::sliding_counter: return SlidingCounter::decide(state, quota, now, cost);
    default:
      assert(is_bucket(quota.algorithm()));
      return TokenBucket::decide(state, quota, now, cost);
  }
}

}  // namespace doorward::limit
