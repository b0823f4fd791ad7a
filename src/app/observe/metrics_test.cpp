#include "app/observe/metrics.hpp"

#include "app/observe/request_stats.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fmt/format.h>

#include <fstream>
#include <iterator>
#include <string>

namespace doorward::app {
namespace {

using ::testing::HasSubstr;

TEST(Metrics, EveryOneIsInTheDocsAsItIsHere) {
  std::ifstream in(DOORWARD_SOURCE_DIR "/docs/metrics.md");
  const std::string page{std::istreambuf_iterator<char>(in), {}};
  std::string table;
  for (const MetricRow& row : metric_table()) {
    table += fmt::format("| `{}` | {} | {} | {} |\n", row.name, to_string(row.type),
                         *row.labels == '\0' ? "–" : row.labels, row.help);
  }
  EXPECT_THAT(page, HasSubstr(table));
}

TEST(Metrics, TheTableHasARowForEachIdInOrder) {
  const auto table = metric_table();
  ASSERT_EQ(table.size(), static_cast<std::size_t>(MetricId::count_));
  for (std::size_t i = 0; i < table.size(); ++i) {
    EXPECT_EQ(table[i].id, static_cast<MetricId>(i)) << table[i].name;
  }
}

TEST(Metrics, AreWrittenAsPrometheusReadsThem) {
  Metrics metrics;
  metrics.add([](MetricWriter& w) { w.put(MetricId::room_waiting, 3, {{"room", "sa\"le"}}); });
  metrics.add([](MetricWriter& w) { w.put(MetricId::requests, 7); });
  const std::string text = metrics.scrape();
  EXPECT_THAT(text, HasSubstr("# TYPE doorward_room_waiting gauge\n"));
  EXPECT_THAT(text, HasSubstr("doorward_room_waiting{room=\"sa\\\"le\"} 3"));
  EXPECT_THAT(text, HasSubstr("# TYPE doorward_requests_total counter\ndoorward_requests_total 7"));
}

TEST(RequestStats, CountsClassesAndTimes) {
  RequestStats stats;
  stats.record(200, std::chrono::microseconds{700});
  stats.record(503, std::chrono::seconds{2});
  stats.record(0, std::chrono::seconds{60});
  Metrics metrics;
  metrics.add([&](MetricWriter& w) { stats.write(w); });
  const std::string text = metrics.scrape();
  EXPECT_THAT(text, HasSubstr("doorward_responses_total{class=\"5xx\"} 1"));
  EXPECT_THAT(text, HasSubstr("doorward_responses_total{class=\"none\"} 1"));
  EXPECT_THAT(text, HasSubstr("doorward_request_seconds_bucket{le=\"0.001\"} 1"));
  EXPECT_THAT(text, HasSubstr("doorward_request_seconds_bucket{le=\"+Inf\"} 3"));
  EXPECT_THAT(text, HasSubstr("doorward_request_seconds_count 3"));
}

}  // namespace
}  // namespace doorward::app
