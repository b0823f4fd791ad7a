#include "api/live/statistics.hpp"

#include <algorithm>
#include <bit>
#include <tuple>
#include <utility>

namespace doorward::api::live {
namespace {

using std::chrono::seconds;

constexpr Millis kMostBack = std::chrono::hours{1};
constexpr std::chrono::hours kHalfDay{12};
constexpr unsigned kExact = 8;        // microseconds with a bucket of their own
constexpr unsigned kFirstOctave = 3;  // 8 = 2^3
constexpr unsigned kPerOctave = 4;

std::int64_t number_of(LogTime time, seconds step) {
  return std::chrono::floor<seconds>(time.time_since_epoch()) / step;
}

// A key holds no control character: headers have none.
constexpr char kBetween = '\n';

std::uint64_t take(std::atomic<std::uint64_t>& count) {
  return count.load(std::memory_order_relaxed) == 0 ? 0 : count.exchange(0);
}

}  // namespace

std::size_t LatencyBuckets::of(std::uint64_t us) {
  if (us < kExact) return static_cast<std::size_t>(us);
  const auto octave = static_cast<unsigned>(std::bit_width(us)) - 1;
  const auto quarter = static_cast<unsigned>(us >> (octave - 2)) & 3U;
  const std::size_t bucket = kExact + (octave - kFirstOctave) * kPerOctave + quarter;
  return std::min(bucket, kCount - 1);
}

double LatencyBuckets::middle_ms(std::size_t bucket) {
  constexpr double kMicros = 1'000;
  if (bucket < kExact) return (static_cast<double>(bucket) + 0.5) / kMicros;
  const std::size_t octave = (bucket - kExact) / kPerOctave + kFirstOctave;
  const std::size_t quarter = (bucket - kExact) % kPerOctave;
  const double width = static_cast<double>(std::uint64_t{1} << octave) / kPerOctave;
  return (static_cast<double>(kPerOctave + quarter) + 0.5) * width / kMicros;
}

void Bucket::add(const Bucket& other) {
  requests += other.requests;
  refused += other.refused;
  errors += other.errors;
  waiting = std::max(waiting, other.waiting);
  inside = std::max(inside, other.inside);
  for (std::size_t i = 0; i < latencies.size(); ++i) latencies[i] += other.latencies[i];
}

std::optional<double> Bucket::latency_ms(double share) const {
  std::uint64_t total = 0;
  for (const std::uint32_t count : latencies) total += count;
  if (total == 0) return std::nullopt;
  const double wanted = share * static_cast<double>(total);
  std::uint64_t seen = 0;
  std::size_t at = 0;
  for (; at + 1 < latencies.size(); ++at) {
    seen += latencies[at];
    if (static_cast<double>(seen) >= wanted && seen > 0) break;
  }
  return LatencyBuckets::middle_ms(at);
}

std::size_t Statistics::row_of_thread() {
  static std::atomic<std::size_t> next{0};
  thread_local const std::size_t row = next.fetch_add(1, std::memory_order_relaxed) % kRows;
  return row;
}

void Statistics::record(unsigned status, bool refused, std::chrono::nanoseconds took) {
  constexpr unsigned kFirstError = 500;
  Row& row = rows_[row_of_thread()];
  const auto us = std::max<std::int64_t>(
      0, std::chrono::duration_cast<std::chrono::microseconds>(took).count());
  row.requests.fetch_add(1, std::memory_order_relaxed);
  if (refused) row.refused.fetch_add(1, std::memory_order_relaxed);
  if (status == 0 || status >= kFirstError) row.errors.fetch_add(1, std::memory_order_relaxed);
  row.latencies[LatencyBuckets::of(static_cast<std::uint64_t>(us))].fetch_add(
      1, std::memory_order_relaxed);
}

void Statistics::record_asked(bool refused) {
  Row& row = rows_[row_of_thread()];
  row.requests.fetch_add(1, std::memory_order_relaxed);
  if (refused) row.refused.fetch_add(1, std::memory_order_relaxed);
}

void Statistics::record_refused(std::string_view key, std::string_view rule) {
  std::string text(rule);
  text += kBetween;
  text += key;
  Part& part = parts_[std::hash<std::string>{}(text) % kParts];
  const std::int64_t half_day = half_day_.load(std::memory_order_relaxed);
  const std::lock_guard lock(part.mutex);
  part.turn(half_day);
  part.now.add(text);
}

void Statistics::Part::turn(std::int64_t to) {
  if (to == half_day) return;
  if (to == half_day + 1) {
    std::swap(now, before);
  } else {
    before.clear();
  }
  now.clear();
  half_day = to;
}

Bucket Statistics::drain_rows() {
  Bucket sum;
  for (Row& row : rows_) {
    const std::uint64_t requests = take(row.requests);
    if (requests == 0) continue;
    sum.requests += requests;
    sum.refused += take(row.refused);
    sum.errors += take(row.errors);
    for (std::size_t i = 0; i < row.latencies.size(); ++i) {
      if (row.latencies[i].load(std::memory_order_relaxed) != 0)
        sum.latencies[i] += row.latencies[i].exchange(0);
    }
  }
  return sum;
}

void Statistics::clear() {
  for (Ring& ring : rings_) std::fill(ring.buckets.begin(), ring.buckets.end(), Bucket());
  last_ = {};
}

Bucket& Statistics::Ring::at(LogTime time) {
  const std::int64_t number = number_of(time, step);
  Bucket& bucket = buckets[static_cast<std::size_t>(number) % buckets.size()];
  if (bucket.number != number) {
    bucket = Bucket();
    bucket.number = number;
  }
  return bucket;
}

// The time that counts: never before the last.
LogTime Statistics::collect(Bucket add, LogTime now) {
  if (now + kMostBack < last_) clear();
  last_ = std::max(now, last_);
  half_day_.store(number_of(last_, kHalfDay), std::memory_order_relaxed);
  add.add(drain_rows());
  for (Ring& ring : rings_) ring.at(last_).add(add);
  return last_;
}

void Statistics::sample(std::uint64_t waiting, std::uint64_t inside, LogTime now) {
  Bucket add;
  add.waiting = waiting;
  add.inside = inside;
  const std::lock_guard lock(mutex_);
  collect(add, now);
}

Series Statistics::series(Window window, LogTime now) {
  const std::lock_guard lock(mutex_);
  const LogTime until = collect({}, now);
  const Ring& ring = rings_[static_cast<std::size_t>(window)];
  const auto size = static_cast<std::int64_t>(ring.buckets.size());
  const std::int64_t first = number_of(until, ring.step) - size + 1;
  Series series{ring.step, LogTime{first * ring.step}, {}};
  for (std::int64_t number = first; number < first + size; ++number) {
    const Bucket& bucket = ring.buckets[static_cast<std::size_t>(number % size)];
    series.buckets.push_back(bucket.number == number ? bucket : Bucket());
  }
  return series;
}

Totals Statistics::last_day(LogTime now) {
  Totals totals;
  for (const Bucket& bucket : series(Window::day, now).buckets) {
    totals.requests += bucket.requests;
    totals.refused += bucket.refused;
    totals.errors += bucket.errors;
  }
  return totals;
}

std::vector<Refused> Statistics::top_refused(std::size_t most, LogTime now) {
  const std::int64_t half_day = number_of(now, kHalfDay);
  std::vector<Refused> top;
  for (Part& part : parts_) {
    SpaceSaving both(2 * kSketchKeys);
    {
      const std::lock_guard lock(part.mutex);
      part.turn(std::max(half_day, part.half_day));
      const std::pair<const SpaceSaving&, const SpaceSaving&> halves[] = {{part.before, part.now},
                                                                          {part.now, part.before}};
      for (const auto& [sketch, other] : halves) {
        for (const auto& item : sketch.items()) {
          const std::uint64_t missed = other.contains(item.key) ? 0 : other.missed();
          both.add(item.key, item.count + missed, item.over + missed);
        }
      }
    }
    for (const auto& item : both.items()) {
      const auto between = item.key.find(kBetween);
      top.push_back(
          {item.key.substr(between + 1), item.key.substr(0, between), item.count, item.over});
    }
  }
  std::sort(top.begin(), top.end(), [](const Refused& a, const Refused& b) {
    return std::tie(b.count, a.key, a.rule) < std::tie(a.count, b.key, b.rule);
  });
  if (top.size() > most) top.resize(most);
  return top;
}

}  // namespace doorward::api::live
