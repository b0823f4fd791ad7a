// What a limit allows, in the operator's words: how much, in which time, counted how.
//
// Time:   nanoseconds since the Unix epoch (`Time`), always an argument. It may stand still and go
//         back, see decision.hpp.
// Bounds: see `validate`. What passed it is computed without overflow and without drift.
// Spec:   docs/limits.md.
#pragma once

#include "base/result.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

namespace doorward::limit {

using Nanos = std::chrono::duration<std::int64_t, std::nano>;

struct LimitClock {
  using duration = Nanos;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<LimitClock>;
  static constexpr bool is_steady = false;
};
using Time = LimitClock::time_point;

enum class Algorithm : std::uint8_t {
  fixed_window,
  sliding_log,
  sliding_counter,
  token_bucket,
  gcra,
  concurrency,
};

struct Quota {
  Algorithm algorithm = Algorithm::fixed_window;
  // May pass in one `window`. Buckets: the refill. Concurrency: the holders at once.
  std::uint64_t limit = 0;
  // Concurrency: the lease, after which a holder that is not heard of loses its slot.
  Nanos window{std::chrono::seconds{1}};
  // Token bucket and GCRA: what may pass at once after a rest; 0: as much as `limit`.
  std::uint64_t burst = 0;
  // Whether refused hits use up the limit too, so that who does not slow down stays out.
  bool count_refused = false;
  friend bool operator==(const Quota&, const Quota&) = default;
};

// The bounds that `validate` holds a quota to.
inline constexpr Nanos kMinWindow{std::chrono::milliseconds{100}};
inline constexpr Nanos kMaxWindow{std::chrono::hours{24 * 30}};
inline constexpr std::uint64_t kMaxLimit = 1'000'000'000;           // also of a burst
inline constexpr std::uint64_t kMaxLogLimit = 100'000;              // sliding log: 12 bytes each
inline constexpr std::uint64_t kMaxHolders = 10'000;                // concurrency
inline constexpr Nanos kMaxRefill{std::chrono::hours{24 * 3'650}};  // of a whole burst

// The first broken bound, naming the field and the remedy: "window: is 10ms; choose from 100ms to
// 30d".
Result<> validate(const Quota& quota);

// "token_bucket"
const char* to_string(Algorithm algorithm);
std::optional<Algorithm> parse_algorithm(std::string_view name);

// Buckets refill; their burst may differ from their limit.
constexpr bool is_bucket(Algorithm a) {
  return a == Algorithm::token_bucket || a == Algorithm::gcra;
}
// The algorithms whose state is the 16 bytes of state.hpp.
constexpr bool has_small_state(Algorithm a) {
  return a != Algorithm::sliding_log && a != Algorithm::concurrency;
}

// The most that can pass at once: `burst` of a bucket (or its default), else `limit`.
constexpr std::uint64_t capacity(const Quota& q) {
  return is_bucket(q.algorithm) && q.burst > 0 ? q.burst : q.limit;
}

}  // namespace doorward::limit
