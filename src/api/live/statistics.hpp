// A day of requests in rolling buckets of fixed size, and who was refused most.
//
// Why:     a request adds to counters of its thread; whoever reads, and a timer, collect them into
//          the buckets. So no request waits, and the memory does not depend on the traffic.
// Time:    wall time, given. A clock that was put back by less than an hour stands still; by more,
//          the statistics begin anew.
// Threads: thread-safe.
// Bounds:  246 buckets of 88 latencies; 16 sketches of 128 keys. Latencies are right to 12.5 %.
// Errors:  load: corrupt, unsupported_version; nothing is taken over then.
// Spec:    docs/storage.md, "The statistics".
#pragma once

#include "base/result.hpp"
#include "base/space_saving.hpp"
#include "base/time.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace doorward::api::live {

enum class Window : std::uint8_t { minutes_15, hour, day };

// 88 of them: eight below 8 µs, then four an octave, the last without an end.
class LatencyBuckets {
 public:
  static constexpr std::size_t kCount = 88;
  static std::size_t of(std::uint64_t us);
  static double middle_ms(std::size_t bucket);
};

struct Bucket {
  std::int64_t number = -1;  // of its step since the epoch; -1: never used
  std::uint64_t requests = 0;
  std::uint64_t refused = 0;
  std::uint64_t errors = 0;   // answers of 5xx, and none
  std::uint64_t waiting = 0;  // the most that were seen
  std::uint64_t inside = 0;
  std::array<std::uint32_t, LatencyBuckets::kCount> latencies{};

  void add(const Bucket& other);
  std::optional<double> latency_ms(double share) const;  // of 0.5, 0.99
};

struct Refused {
  std::string key;
  std::string rule;
  std::uint64_t count = 0;
  std::uint64_t at_most_over = 0;  // the true count is at most that much less
};

struct Totals {
  std::uint64_t requests = 0;
  std::uint64_t refused = 0;
  std::uint64_t errors = 0;
};

struct Series {
  std::chrono::seconds step{};
  LogTime from{};               // where the first bucket begins
  std::vector<Bucket> buckets;  // the oldest first; `number` -1 where nothing was seen
};

class Statistics {
 public:
  // Of one request that is over.
  void record(unsigned status, bool refused, std::chrono::nanoseconds took);
  // Of one that is answered elsewhere.
  void record_asked(bool refused);
  void record_refused(std::string_view key, std::string_view rule);
  // The people in all rooms, and the moment to collect.
  void sample(std::uint64_t waiting, std::uint64_t inside, LogTime now);

  Series series(Window window, LogTime now);
  Totals last_day(LogTime now);
  // Of the last 12 to 24 hours.
  std::vector<Refused> top_refused(std::size_t most, LogTime now);

  std::string save(LogTime now);
  Result<> load(std::string_view bytes, LogTime now);

 private:
  struct alignas(64) Row {
    std::atomic<std::uint64_t> requests{0};
    std::atomic<std::uint64_t> refused{0};
    std::atomic<std::uint64_t> errors{0};
    std::array<std::atomic<std::uint32_t>, LatencyBuckets::kCount> latencies{};
  };
  struct Ring {
    std::chrono::seconds step{};
    std::vector<Bucket> buckets;
    Bucket& at(LogTime time);
  };
  struct Part {
    mutable std::mutex mutex;
    std::int64_t half_day = 0;
    SpaceSaving now{kSketchKeys};
    SpaceSaving before{kSketchKeys};
    void turn(std::int64_t to);  // under the lock
  };
  static constexpr std::size_t kRows = 16;
  static constexpr std::size_t kParts = 8;
  static constexpr std::size_t kSketchKeys = 128;

  static std::size_t row_of_thread();
  Bucket drain_rows();
  LogTime collect(Bucket add, LogTime now);  // under the lock
  void clear();

  std::array<Row, kRows> rows_;
  std::array<Part, kParts> parts_;
  std::atomic<std::int64_t> half_day_{0};  // of the last sample
  std::mutex mutex_;
  LogTime last_{};
  std::array<Ring, 3> rings_{Ring{std::chrono::seconds{10}, std::vector<Bucket>(90)},
                             Ring{std::chrono::minutes{1}, std::vector<Bucket>(60)},
                             Ring{std::chrono::minutes{15}, std::vector<Bucket>(96)}};
};

}  // namespace doorward::api::live
