#include "app/observe/metrics.hpp"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <unistd.h>
#include <array>
#include <filesystem>
#include <fstream>

namespace doorward::app {
namespace {

using enum MetricType;
constexpr std::array kTable{
    MetricRow{MetricId::info, "doorward_info", gauge, "version", "1, with the version that runs."},
    MetricRow{MetricId::start_time, "doorward_start_time_seconds", gauge, "",
              "When the process started, in seconds since 1970."},
    MetricRow{MetricId::resident_memory, "doorward_resident_memory_bytes", gauge, "",
              "Memory of the process."},
    MetricRow{MetricId::open_files, "doorward_open_files", gauge, "", "Open file descriptors."},
    MetricRow{MetricId::ready, "doorward_ready", gauge, "",
              "1 while /health/ready answers 200; 0 while starting, draining or broken."},
    MetricRow{MetricId::connections, "doorward_connections", gauge, "",
              "Connections now, parked ones included."},
    MetricRow{MetricId::connections_total, "doorward_connections_total", counter, "",
              "Connections accepted."},
    MetricRow{MetricId::connections_refused, "doorward_connections_refused_total", counter, "",
              "Connections beyond a limit; the log says which."},
    MetricRow{MetricId::accept_errors, "doorward_accept_errors_total", counter, "",
              "Failed accepts, as when file descriptors ran out."},
    MetricRow{MetricId::requests, "doorward_requests_total", counter, "", "Requests received."},
    MetricRow{MetricId::requests_refused, "doorward_requests_refused_total", counter, "status",
              "Requests refused as malformed or too large, before any route."},
    MetricRow{MetricId::received_bytes, "doorward_received_bytes_total", counter, "",
              "Bytes received from visitors."},
    MetricRow{MetricId::sent_bytes, "doorward_sent_bytes_total", counter, "",
              "Bytes sent to visitors."},
    MetricRow{MetricId::deadlines, "doorward_deadlines_total", counter, "",
              "Connections cut because the peer was too slow."},
    MetricRow{MetricId::parked_streams, "doorward_parked_streams", gauge, "kind",
              "Event streams and WebSockets that wait."},
    MetricRow{MetricId::renders, "doorward_stream_renders_total", counter, "",
              "Times that a parked stream was asked what to send."},
    MetricRow{MetricId::live_streams, "doorward_live_streams", gauge, "kind",
              "Parked streams that watch what happens: event_stream or websocket."},
    MetricRow{MetricId::live_lost, "doorward_live_lost_total", counter, "",
              "Events that were overwritten before a slow watcher read them."},
    MetricRow{MetricId::redis_connections, "doorward_redis_connections", gauge, "",
              "Connections of the Redis protocol now; also among doorward_connections."},
    MetricRow{MetricId::redis_connections_total, "doorward_redis_connections_total", counter, "",
              "Connections of the Redis protocol."},
    MetricRow{MetricId::redis_commands, "doorward_redis_commands_total", counter, "",
              "Commands of the Redis protocol."},
    MetricRow{MetricId::redis_protocol_errors, "doorward_redis_protocol_errors_total", counter, "",
              "Connections ended because they broke the Redis protocol."},
    MetricRow{MetricId::redis_throttled, "doorward_redis_throttled_total", counter, "result",
              "Calls of CL.THROTTLE, passed or limited."},
    MetricRow{MetricId::redis_logins_refused, "doorward_redis_logins_refused_total", counter, "",
              "Logins over the Redis protocol with a wrong password."},
    MetricRow{MetricId::responses, "doorward_responses_total", counter, "class",
              "Answers by class of status: 1xx to 5xx, or none where the peer went away."},
    MetricRow{MetricId::request_seconds, "doorward_request_seconds", histogram, "",
              "Time from a request's head to the end of its answer; parked streams until parked."},
    MetricRow{MetricId::answered, "doorward_answered_total", counter, "by",
              "Requests by the phase that answered them: cors (preflights), rate_rules, own_calls "
              "(Doorward's own, or 404), room_gate, proxy, or other."},
    MetricRow{MetricId::upstream_requests, "doorward_upstream_requests_total", counter, "upstream",
              "Requests to the service, repeated ones included."},
    MetricRow{MetricId::upstream_failures, "doorward_upstream_failures_total", counter,
              "upstream, kind",
              "Requests that the service failed: unreachable, timeout, busy (all connections "
              "taken), or broken (an answer that is not valid or breaks off)."},
    MetricRow{
        MetricId::upstream_connect_errors, "doorward_upstream_connect_errors_total", counter,
        "upstream",
        "Connections to an endpoint that failed; another endpoint may have taken the request."},
    MetricRow{MetricId::upstream_connections, "doorward_upstream_connections", gauge,
              "upstream, state", "Open connections to the service: idle or in_use."},
    MetricRow{MetricId::upstream_opened, "doorward_upstream_connections_total", counter, "upstream",
              "Connections opened to the service."},
    MetricRow{MetricId::upstream_waiting, "doorward_upstream_waiting", gauge, "upstream",
              "Requests that wait for a connection to the service."},
    MetricRow{MetricId::counter_keys, "doorward_counter_keys", gauge, "",
              "Counters that are kept for limits."},
    MetricRow{MetricId::counter_bytes, "doorward_counter_bytes", gauge, "",
              "Memory of these counters."},
    MetricRow{MetricId::counters_expired, "doorward_counters_expired_total", counter, "",
              "Counters that went since they were as good as new."},
    MetricRow{MetricId::counters_forgotten, "doorward_counters_forgotten_total", counter, "",
              "Counters that went for want of memory though they could refuse somebody."},
    MetricRow{MetricId::rule_decisions, "doorward_rule_decisions_total", counter, "rule, outcome",
              "What rules said of requests and of checks by name: passed, refused, would_refuse "
              "(dry run), or denied (by network). Rule CL.THROTTLE: of these commands."},
    MetricRow{MetricId::log_batches, "doorward_log_batches_total", counter, "",
              "Batches made durable."},
    MetricRow{MetricId::log_commands, "doorward_log_commands_total", counter, "",
              "Commands applied."},
    MetricRow{MetricId::log_snapshots, "doorward_log_snapshots_total", counter, "",
              "Snapshots taken."},
    MetricRow{MetricId::log_append_failures, "doorward_log_append_failures_total", counter, "",
              "Appends that failed, as when the disk is full."},
    MetricRow{MetricId::log_snapshot_failures, "doorward_log_snapshot_failures_total", counter, "",
              "Snapshots that could not be written, or the log behind them not trimmed."},
    MetricRow{MetricId::log_standstills, "doorward_log_standstills_total", counter, "",
              "Times that log time stood still for seconds, as when Redis's clock is put back."},
    MetricRow{MetricId::log_ahead, "doorward_log_ahead_seconds", gauge, "",
              "How far log time was ahead of this machine's clock when it was written last."},
    MetricRow{MetricId::log_skips, "doorward_log_skips_total", counter, "",
              "Times that entries were trimmed before this node read them, and a snapshot taken "
              "instead."},
    MetricRow{MetricId::log_writable, "doorward_log_writable", gauge, "",
              "0 while the log refuses writes; joins are answered 503 then."},
    MetricRow{MetricId::log_broken, "doorward_log_broken", gauge, "",
              "1 once the log cannot be applied any more, until a restart."},
    MetricRow{MetricId::log_queued, "doorward_log_queued", gauge, "",
              "Commands that wait for the log."},
    MetricRow{MetricId::tickets, "doorward_tickets", gauge, "",
              "Tickets in memory, closed ones that are still remembered included."},
    MetricRow{MetricId::longest_slice, "doorward_longest_slice_seconds", gauge, "",
              "Longest time that readers were held off since the last scrape."},
    MetricRow{MetricId::room_waiting, "doorward_room_waiting", gauge, "room", "Waiting visitors."},
    MetricRow{MetricId::room_inside, "doorward_room_inside", gauge, "room", "Admitted visitors."},
    MetricRow{MetricId::room_capacity, "doorward_room_capacity", gauge, "room",
              "Most visitors inside; absent where there is no limit."},
    MetricRow{MetricId::room_joined, "doorward_room_joined_total", counter, "room", "Joins."},
    MetricRow{MetricId::room_admitted, "doorward_room_admitted_total", counter, "room",
              "Admissions."},
    MetricRow{MetricId::room_mode, "doorward_room_mode", gauge, "room, mode",
              "1 for the mode in force."},
    MetricRow{MetricId::holds, "doorward_holds", gauge, "",
              "Holds in memory, those that are over and still remembered included."},
    MetricRow{MetricId::locks, "doorward_locks", gauge, "", "Locks that somebody has."},
    MetricRow{MetricId::lock_waiters, "doorward_lock_waiters", gauge, "",
              "Callers that wait for a lock."},
    MetricRow{MetricId::inventory_units, "doorward_inventory_units", gauge, "inventory, state",
              "Units by `state`: available, held, confirmed."},
    MetricRow{MetricId::inventory_sold_out, "doorward_inventory_sold_out", gauge, "inventory",
              "1 while it counts as sold out."},
    MetricRow{MetricId::inventory_holds, "doorward_inventory_holds_total", counter,
              "inventory, result", "Holds by `result`: made, confirmed, expired."},
};

const MetricRow& row_of(MetricId id) { return kTable[static_cast<std::size_t>(id)]; }

prometheus::MetricType type_of(MetricType type) {
  switch (type) {
    case counter: return prometheus::MetricType::Counter;
    case gauge: return prometheus::MetricType::Gauge;
    case histogram: return prometheus::MetricType::Histogram;
  }
  return prometheus::MetricType::Untyped;
}

void set_histogram(prometheus::ClientMetric& metric, const HistogramValue& value) {
  metric.histogram.sample_sum = value.sum;
  metric.histogram.sample_count = value.cumulative.empty() ? 0 : value.cumulative.back();
  for (std::size_t i = 0; i < value.cumulative.size(); ++i) {
    const double bound =
        i < value.bounds.size() ? value.bounds[i] : std::numeric_limits<double>::infinity();
    metric.histogram.bucket.push_back({value.cumulative[i], bound});
  }
}

std::uint64_t resident_pages() {
  std::ifstream statm("/proc/self/statm");
  std::uint64_t size = 0, resident = 0;
  statm >> size >> resident;
  return resident;
}

std::size_t open_files() {
  std::error_code failed;
  std::size_t count = 0;
  for (std::filesystem::directory_iterator it("/proc/self/fd", failed), end; !failed && it != end;
       it.increment(failed)) {
    ++count;
  }
  return count;
}

}  // namespace

const char* to_string(MetricType type) {
  switch (type) {
    case counter: return "counter";
    case gauge: return "gauge";
    case histogram: return "histogram";
  }
  return "";
}

std::span<const MetricRow> metric_table() { return kTable; }

void MetricWriter::put(MetricId id, double value, Labels labels) {
  samples_[id].push_back({std::move(labels), value, {}});
}

void MetricWriter::put(MetricId id, HistogramValue value, Labels labels) {
  samples_[id].push_back({std::move(labels), 0, std::move(value)});
}

std::string Metrics::scrape() const {
  MetricWriter writer;
  for (const Source& source : sources_) source(writer);
  std::vector<prometheus::MetricFamily> families;
  for (const auto& [id, samples] : writer.samples_) {
    const MetricRow& row = row_of(id);
    prometheus::MetricFamily family{row.name, row.help, type_of(row.type), {}};
    for (const auto& sample : samples) {
      prometheus::ClientMetric metric;
      for (const auto& [name, value] : sample.labels) metric.label.push_back({name, value});
      if (row.type == counter) metric.counter.value = sample.value;
      if (row.type == gauge) metric.gauge.value = sample.value;
      if (row.type == histogram) set_histogram(metric, sample.histogram);
      family.metric.push_back(std::move(metric));
    }
    families.push_back(std::move(family));
  }
  return prometheus::TextSerializer().Serialize(families);
}

void write_process_metrics(MetricWriter& writer) {
  writer.put(MetricId::resident_memory,
             static_cast<double>(resident_pages() * static_cast<std::uint64_t>(::getpagesize())));
  writer.put(MetricId::open_files, static_cast<double>(open_files()));
}

}  // namespace doorward::app
