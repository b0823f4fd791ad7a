// The program's metrics in the Prometheus text format.
//
// Why:     every metric is one row of a table, so that docs/metrics.md can be held to it; a value
//          is read when it is scraped, and the request path adds to counters of its own thread
//          only.
// Ownership: sources refer to what outlives the Metrics.
// Threads: `scrape` from any thread; sources are added before.
// Spec:    docs/metrics.md; Prometheus text exposition format 0.0.4.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace doorward::app {

enum class MetricType : std::uint8_t { counter, gauge, histogram };
const char* to_string(MetricType type);

enum class MetricId : std::uint8_t {
  info,
  start_time,
  resident_memory,
  open_files,
  ready,
  connections,
  connections_total,
  connections_refused,
  accept_errors,
  requests,
  requests_refused,
  received_bytes,
  sent_bytes,
  deadlines,
  parked_streams,
  renders,
  live_streams,
  live_lost,
  redis_connections,
  redis_connections_total,
  redis_commands,
  redis_protocol_errors,
  redis_throttled,
  redis_logins_refused,
  responses,
  request_seconds,
  answered,
  upstream_requests,
  upstream_failures,
  upstream_connect_errors,
  upstream_connections,
  upstream_opened,
  upstream_waiting,
  counter_keys,
  counter_bytes,
  counters_expired,
  counters_forgotten,
  rule_decisions,
  log_batches,
  log_commands,
  log_snapshots,
  log_append_failures,
  log_snapshot_failures,
  log_standstills,
  log_ahead,
  log_skips,
  log_writable,
  log_broken,
  log_queued,
  tickets,
  longest_slice,
  room_waiting,
  room_inside,
  room_capacity,
  room_joined,
  room_admitted,
  room_mode,
  holds,
  locks,
  lock_waiters,
  inventory_units,
  inventory_sold_out,
  inventory_holds,
  count_
};

struct MetricRow {
  MetricId id;
  const char* name;
  MetricType type;
  const char* labels;  // as the docs list them: "room, mode"
  const char* help;
};
std::span<const MetricRow> metric_table();

using Labels = std::vector<std::pair<std::string, std::string>>;

struct HistogramValue {
  std::vector<double> bounds;             // upper, without +Inf
  std::vector<std::uint64_t> cumulative;  // one more than `bounds`
  double sum = 0;
};

// What sources write into during one scrape.
class MetricWriter {
 public:
  void put(MetricId id, double value, Labels labels = {});
  void put(MetricId id, HistogramValue value, Labels labels = {});

 private:
  friend class Metrics;
  struct Sample {
    Labels labels;
    double value = 0;
    HistogramValue histogram;
  };
  std::map<MetricId, std::vector<Sample>> samples_;
};

class Metrics {
 public:
  using Source = std::function<void(MetricWriter&)>;
  void add(Source source) { sources_.push_back(std::move(source)); }
  std::string scrape() const;

 private:
  std::vector<Source> sources_;
};

// Of the process itself.
void write_process_metrics(MetricWriter& writer);

}  // namespace doorward::app
