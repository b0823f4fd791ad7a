// The windows and the bucket against slow exact models: counts by window in a plain map, tokens as
// exact fractions.
#include "core/limit/decide.hpp"
#include "core/limit/model_test_support.hpp"

#include <gtest/gtest.h>

#include <map>
#include <optional>

namespace doorward::limit {

namespace {

__extension__ using Int = __int128;

Int ceil_div(Int n, Int by) { return (n + by - 1) / by; }
Int floor_div(Int n, Int by) { return n >= 0 ? n / by : -ceil_div(-n, by); }
Int ns(Time t) { return t.time_since_epoch().count(); }
Nanos nanos(Int n) { return Nanos{static_cast<std::int64_t>(n)}; }

// What windows have in common: counts by number of window.
class WindowModel {
 public:
  explicit WindowModel(const Quota& quota) : q(quota), limit(q.limit), window(q.window.count()) {}

 protected:
  // The window that `now` counts in.
  void enter(Int now) {
    const Int here = floor_div(now, window);
    if (current && here < *current) {
      if (now >= (*current - 1) * window) return;
      counts = {{here, counts[*current]}, {here - 1, counts[*current - 1]}};
    }
    current = here;
  }
  void count(std::uint64_t cost) {
    Int& n = counts[*current];
    n = std::min<Int>(n + cost, UINT32_MAX);
  }

  Quota q;
  Int limit;
  Int window;
  std::optional<Int> current;
  std::map<Int, Int> counts;
};

class FixedModel : WindowModel {
 public:
  using WindowModel::WindowModel;
  Decision decide(Time time, std::uint64_t cost) {
    const Int now = ns(bounded(time));
    enter(now);
    const bool allowed = cost == 0 || counts[*current] + cost <= limit;
    if (allowed || q.count_refused) count(cost);
    const Int end = (*current + 1) * window - now;
    const Int left = std::max<Int>(0, limit - counts[*current]);
    return {allowed, q.limit, static_cast<std::uint64_t>(left), nanos(end),
            allowed          ? Nanos{0}
            : cost > q.limit ? kNever
                             : nanos(end)};
  }
};

class CounterModel : WindowModel {
 public:
  using WindowModel::WindowModel;
  Decision decide(Time time, std::uint64_t cost) {
    const Int now = ns(bounded(time));
    enter(now);
    const Int taken = used(now);
    const bool allowed = cost == 0 || taken + cost <= limit;
    Int left = std::max<Int>(0, limit - taken);
    if (allowed || q.count_refused) {
      count(cost);
      left = std::max<Int>(0, left - cost);
    }
    // The wait is tried and not computed.
    return {allowed, q.limit, static_cast<std::uint64_t>(left), nanos(std::max<Int>(0, reset(now))),
            kUnknown};
  }

 private:
  Int used(Int now) {
    const Int covered = std::min(window, (*current + 1) * window - now);
    return ceil_div(counts[*current - 1] * covered, window) + counts[*current];
  }
  Int reset(Int now) {
    if (counts[*current] > 0) return (*current + 2) * window - now;
    return counts[*current - 1] > 0 ? (*current + 1) * window - now : 0;
  }
};

// Tokens in parts of which `window` make one: the bucket gains `limit` of them in a nanosecond.
// Kept is what was there after the last change.
class BucketModel {
 public:
  explicit BucketModel(const Quota& quota)
      : q(quota), window(q.window.count()), most(Int{capacity(q)} * window), kept(most) {}

  Decision decide(Time time, std::uint64_t cost) {
    const Int now = ns(bounded(time));
    Int level = level_at(now);
    const bool ever = cost <= capacity(q);
    const bool allowed = cost == 0 || (ever && level >= Int{cost} * window);
    if (allowed && cost > 0) level = change(now, level - Int{cost} * window);
    if (!allowed && q.count_refused) level = change(now, std::min<Int>(level, 0));
    const Int missing = ever ? Int{cost} * window - level : 0;
    const Nanos wait = ever ? nanos(ceil_div(missing, q.limit)) : kNever;
    return {allowed, capacity(q), static_cast<std::uint64_t>(std::max<Int>(0, level) / window),
            nanos(ceil_div(most - level, q.limit)), allowed ? Nanos{0} : wait};
  }

 private:
  Int level_at(Int now) {
    const Int level = std::min(most, kept + (now - last) * q.limit);
    const bool clock_was_put_back = floor_div(most - level, q.limit) > most / q.limit + window;
    return clock_was_put_back ? change(now, 0) : level;
  }
  Int change(Int now, Int level) {
    last = now;
    return kept = level;
  }

  Quota q;
  Int window;
  Int most;
  Int kept;
  Int last = ns(kLongAgo);
};

class Keyed {
 public:
  explicit Keyed(const CompiledQuota& quota) : quota_(quota) {}
  Decision decide(Time now, std::uint64_t cost) { return limit::decide(state_, quota_, now, cost); }
  Decision peek(Time now, std::uint64_t cost) const {
    return limit::peek(state_, quota_, now, cost);
  }

 private:
  CompiledQuota quota_;
  State state_;
};

TEST(Limit, FixedWindowAgreesWithItsModel) {
  agrees_with_model<Keyed, FixedModel>(Algorithm::fixed_window, kMaxLimit);
}
TEST(Limit, SlidingCounterAgreesWithItsModel) {
  agrees_with_model<Keyed, CounterModel>(Algorithm::sliding_counter, kMaxLimit);
}
TEST(Limit, TokenBucketAgreesWithItsModel) {
  agrees_with_model<Keyed, BucketModel>(Algorithm::token_bucket, kMaxLimit);
}
TEST(Limit, GcraAgreesWithTheModelOfTheBucket) {
  agrees_with_model<Keyed, BucketModel>(Algorithm::gcra, kMaxLimit);
}

}  // namespace
}  // namespace doorward::limit
