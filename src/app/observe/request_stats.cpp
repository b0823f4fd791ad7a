#include "app/observe/request_stats.hpp"

#include <algorithm>

namespace doorward::app {

std::size_t RequestStats::row_of_thread() {
  static std::atomic<std::size_t> next{0};
  thread_local const std::size_t row = next.fetch_add(1, std::memory_order_relaxed) % kRows;
  return row;
}

void RequestStats::record(unsigned status, std::chrono::nanoseconds took) {
  Row& row = rows_[row_of_thread()];
  const auto us = static_cast<std::uint64_t>(std::max<std::int64_t>(
      0, std::chrono::duration_cast<std::chrono::microseconds>(took).count()));
  const auto bucket = static_cast<std::size_t>(
      std::lower_bound(kBoundsUs.begin(), kBoundsUs.end(), us) - kBoundsUs.begin());
  const std::size_t status_class = status / 100 <= 5 ? status / 100 : 0;
  row.classes[status_class].fetch_add(1, std::memory_order_relaxed);
  row.buckets[bucket].fetch_add(1, std::memory_order_relaxed);
  row.sum_us.fetch_add(us, std::memory_order_relaxed);
}

void RequestStats::write(MetricWriter& writer) const {
  static constexpr std::array<const char*, 6> kClasses{"none", "1xx", "2xx", "3xx", "4xx", "5xx"};
  constexpr double kMicrosInSecond = 1e6;
  HistogramValue histogram;
  std::array<std::uint64_t, kClasses.size()> classes{};
  std::uint64_t sum_us = 0;
  histogram.cumulative.assign(kBoundsUs.size() + 1, 0);
  for (const Row& row : rows_) {
    for (std::size_t i = 0; i < classes.size(); ++i) classes[i] += row.classes[i].load();
    for (std::size_t i = 0; i < row.buckets.size(); ++i) {
      histogram.cumulative[i] += row.buckets[i].load();
    }
    sum_us += row.sum_us.load();
  }
  for (std::size_t i = 1; i < histogram.cumulative.size(); ++i) {
    histogram.cumulative[i] += histogram.cumulative[i - 1];
  }
  for (const std::uint64_t us : kBoundsUs) {
    histogram.bounds.push_back(static_cast<double>(us) / kMicrosInSecond);
  }
  histogram.sum = static_cast<double>(sum_us) / kMicrosInSecond;
  writer.put(MetricId::request_seconds, std::move(histogram));
  for (std::size_t i = 0; i < classes.size(); ++i) {
    writer.put(MetricId::responses, static_cast<double>(classes[i]), {{"class", kClasses[i]}});
  }
}

}  // namespace doorward::app
