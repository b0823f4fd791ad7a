// Random use of a limit: quotas from one end of what is allowed to the other, times near and far,
// forward and back, costs from 0 to more than can be.
#pragma once

#include "base/random_test_support.hpp"
#include "core/limit/decision.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace doorward::limit {

// For how many steps each algorithm is held to its model: all of them where the code is fast.
#if defined(__OPTIMIZE__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
inline constexpr std::uint64_t kModelSteps = 10'000'000;
#else
inline constexpr std::uint64_t kModelSteps = 200'000;
#endif
inline constexpr std::uint64_t kStepsPerQuota = 1'000;

inline Time later(Time now, std::int64_t ns) {
  std::int64_t sum = 0;
  if (__builtin_add_overflow(now.time_since_epoch().count(), ns, &sum)) {
    sum = ns < 0 ? INT64_MIN : INT64_MAX;
  }
  return Time{Nanos{sum}};
}

class Scenario {
 public:
  Scenario(std::uint64_t seed, Algorithm algorithm, std::uint64_t most_limit)
      : random_(seed), quota_(make_quota(algorithm, most_limit)), now_(make_start()) {}

  const Quota& quota() const { return quota_; }
  TestRandom& random() { return random_; }

  std::uint64_t next_cost() {
    const std::uint64_t most = capacity(quota_);
    switch (random_.below(16)) {
      case 0: return 0;
      case 1: return 2;
      case 2: return most;
      case 3: return random_.below(most) + 1;
      case 4: return random_.below(most) / 8 + 1;
      case 5: return random_.one_in(8) ? most + 1 : 1;
      case 6: return random_.one_in(8) ? std::uint64_t{1} << 63 : 1;
      default: return 1;
    }
  }

  // Also to the very moments that the last decision named, and one nanosecond beside.
  Time next_time(const Decision& last) {
    const std::int64_t window = quota_.window.count();
    const auto unit = static_cast<std::uint64_t>(window) / quota_.limit + 1;
    switch (random_.below(16)) {
      case 0: return now_ = later(now_, below(window));
      case 1: return now_ = later(now_, below(3 * window));
      case 2: return now_ = later(now_, 1);
      case 3: return now_ = to_moment(last.retry_after);
      case 4: return now_ = to_moment(last.reset);
      case 5: return now_ = random_.one_in(4) ? later(now_, -below(window)) : now_;
      case 6: return now_ = random_.one_in(32) ? later(now_, -below(8 * window)) : now_;
      case 7: return now_ = random_.one_in(64) ? later(now_, INT64_MAX / 8) : now_;
      case 8:
      case 9:
      case 10: return now_ = later(now_, static_cast<std::int64_t>(random_.below(2 * unit)));
      default: return now_;
    }
  }

 private:
  std::int64_t below(std::int64_t n) {
    return static_cast<std::int64_t>(random_.below(static_cast<std::uint64_t>(n)));
  }
  // Small numbers as often as large ones.
  std::uint64_t small_below(std::uint64_t n) {
    return random_.below(std::max<std::uint64_t>(1, n >> random_.below(20)));
  }
  Time to_moment(Nanos wait) {
    const Nanos most = 4 * quota_.window;
    return later(now_, std::min(wait, most).count() - (random_.one_in(4) ? 1 : 0));
  }

  Quota make_quota(Algorithm algorithm, std::uint64_t most_limit) {
    static constexpr std::array<std::uint64_t, 8> kLimits{1, 2, 3, 5, 7, 100, 999, 1'000'000'000};
    Quota q{algorithm, kLimits[random_.below(8)], kMinWindow, 0, random_.one_in(3)};
    if (random_.one_in(2)) q.limit = small_below(most_limit) + 1;
    q.limit = std::min(q.limit, most_limit);
    static constexpr std::array<std::int64_t, 4> kWindows{
        100'000'000, 1'000'000'000, 60'000'000'000, 30LL * 86'400'000'000'000};
    q.window = Nanos{kWindows[random_.below(4)]};
    if (random_.one_in(2)) {
      q.window = kMinWindow + Nanos{below((kMaxWindow - kMinWindow).count() >> random_.below(25))};
    }
    if (is_bucket(algorithm) && random_.one_in(2)) {
      const auto windows = static_cast<std::uint64_t>(kMaxRefill / q.window);
      q.burst = small_below(std::min(windows * q.limit, kMaxLimit)) + 1;
    }
    if (algorithm == Algorithm::concurrency) q.count_refused = false;
    return q;
  }

  Time make_start() {
    static constexpr std::int64_t kNow = 1'800'000'000'000'000'000;
    static constexpr std::array<std::int64_t, 6> kStarts{
        kNow, 0, INT64_MIN, INT64_MAX - 1'000, INT64_MAX - (1LL << 60) - 1'000'000'000, -1};
    return Time{
        Nanos{random_.one_in(2) ? kNow + below(1'000'000'000'000'000) : kStarts[random_.below(6)]}};
  }

  TestRandom random_;
  Quota quota_;
  Time now_;
};

}  // namespace doorward::limit
