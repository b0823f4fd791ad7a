#include "app/observe/sources.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace doorward::app {
namespace {

constexpr double kMillisInSecond = 1e3;

template <class Number>
double number(Number value) {
  return static_cast<double>(value);
}

void write_room(const engine::RoomEntry& entry, MetricWriter& writer) {
  using room::Mode;
  const room::RoomView& view = entry.view;
  const Labels room{{"room", entry.name}};
  writer.put(MetricId::room_waiting, number(view.waiting), room);
  writer.put(MetricId::room_inside, number(view.inside), room);
  if (view.policy.capacity)
    writer.put(MetricId::room_capacity, number(*view.policy.capacity), room);
  writer.put(MetricId::room_joined, number(view.joined_total), room);
  writer.put(MetricId::room_admitted, number(view.admitted_total), room);
  for (const Mode mode : {Mode::open, Mode::paused, Mode::closed, Mode::bypass}) {
    writer.put(MetricId::room_mode, mode == view.mode ? 1 : 0,
               {{"room", entry.name}, {"mode", to_string(mode)}});
  }
}

void write_inventory(const engine::InventoryEntry& entry, MetricWriter& writer) {
  const auto put = [&](MetricId id, const char* label, const char* value, auto count) {
    writer.put(id, number(count), {{"inventory", entry.name}, {label, value}});
  };
  put(MetricId::inventory_units, "state", "available", entry.available());
  put(MetricId::inventory_units, "state", "held", entry.taken.held);
  put(MetricId::inventory_units, "state", "confirmed", entry.taken.confirmed);
  writer.put(MetricId::inventory_sold_out, entry.sold_out ? 1 : 0, {{"inventory", entry.name}});
  put(MetricId::inventory_holds, "result", "made", entry.held_total);
  put(MetricId::inventory_holds, "result", "confirmed", entry.confirmed_total);
  put(MetricId::inventory_holds, "result", "expired", entry.expired_total);
}

}  // namespace

void write_edge_metrics(const edge::Stats& s, MetricWriter& writer) {
  writer.put(MetricId::connections, number(s.connections));
  writer.put(MetricId::connections_total, number(s.accepted));
  writer.put(MetricId::connections_refused, number(s.refused_connections));
  writer.put(MetricId::accept_errors, number(s.accept_errors));
  writer.put(MetricId::requests, number(s.requests));
  for (std::size_t i = 0; i < s.refused_requests.size(); ++i) {
    writer.put(MetricId::requests_refused, number(s.refused_requests[i]),
               {{"status", std::to_string(edge::kRefusals[i])}});
  }
  writer.put(MetricId::received_bytes, number(s.bytes_in));
  writer.put(MetricId::sent_bytes, number(s.bytes_out));
  writer.put(MetricId::deadlines, number(s.deadlines));
  writer.put(MetricId::parked_streams, number(s.parked_event_streams), {{"kind", "event_stream"}});
  writer.put(MetricId::parked_streams, number(s.parked_websockets), {{"kind", "websocket"}});
  writer.put(MetricId::renders, number(s.renders));
  writer.put(MetricId::redis_connections, number(s.resp_connections));
  writer.put(MetricId::redis_connections_total, number(s.resp_accepted));
  writer.put(MetricId::redis_commands, number(s.resp_requests));
  writer.put(MetricId::redis_protocol_errors, number(s.resp_errors));
}

void write_live_metrics(api::live::Live& live, MetricWriter& writer) {
  const auto counts = live.streams().counts();
  writer.put(MetricId::live_streams, number(counts.event_streams), {{"kind", "event_stream"}});
  writer.put(MetricId::live_streams, number(counts.sockets), {{"kind", "websocket"}});
  writer.put(MetricId::live_lost, number(live.bus().lost()));
}

void write_redis_metrics(const api::redis::RedisStats& s, MetricWriter& writer) {
  writer.put(MetricId::redis_throttled, number(s.passed), {{"result", "passed"}});
  writer.put(MetricId::redis_throttled, number(s.limited), {{"result", "limited"}});
  writer.put(MetricId::redis_logins_refused, number(s.refused_logins));
}

void write_upstream_metrics(const std::string& name, const edge::UpstreamCounts& counts,
                            MetricWriter& writer) {
  using What = edge::UpstreamCounts::What;
  const Labels upstream{{"upstream", name}};
  const auto put = [&](MetricId id, What what) {
    writer.put(id, number(counts.sum(what)), upstream);
  };
  put(MetricId::upstream_requests, What::requests);
  put(MetricId::upstream_connect_errors, What::connect_errors);
  put(MetricId::upstream_opened, What::opened);
  const std::pair<const char*, What> kinds[] = {{"unreachable", What::refused},
                                                {"timeout", What::timed_out},
                                                {"busy", What::overloaded},
                                                {"broken", What::broken}};
  for (const auto& [kind, what] : kinds) {
    writer.put(MetricId::upstream_failures, number(counts.sum(what)),
               {{"upstream", name}, {"kind", kind}});
  }
  const std::uint64_t in_use = counts.between(What::lent, What::returned);
  const std::uint64_t open = std::max(in_use, counts.between(What::opened, What::closed));
  writer.put(MetricId::upstream_connections, number(in_use),
             {{"upstream", name}, {"state", "in_use"}});
  writer.put(MetricId::upstream_connections, number(open - in_use),
             {{"upstream", name}, {"state", "idle"}});
  writer.put(MetricId::upstream_waiting,
             number(counts.between(What::began_waiting, What::ended_waiting)), upstream);
}

void write_shard_metrics(const engine::Shard& shard, MetricWriter& writer) {
  const engine::ShardStats s = shard.stats();
  writer.put(MetricId::log_batches, number(s.batches));
  writer.put(MetricId::log_commands, number(s.commands));
  writer.put(MetricId::log_snapshots, number(s.snapshots));
  writer.put(MetricId::log_append_failures, number(s.append_failures));
  writer.put(MetricId::log_snapshot_failures, number(s.snapshot_failures));
  writer.put(MetricId::log_standstills, number(s.standstills));
  writer.put(MetricId::log_ahead, number(s.ahead.count()) / kMillisInSecond);
  writer.put(MetricId::log_skips, number(s.skips));
  writer.put(MetricId::log_writable, s.writable ? 1 : 0);
  writer.put(MetricId::log_broken, s.fault.empty() ? 0 : 1);
  writer.put(MetricId::log_queued, number(s.queued));
  writer.put(MetricId::tickets, number(s.tickets));
  writer.put(MetricId::longest_slice, number(s.longest_slice.count()) / kMillisInSecond);
  for (const engine::RoomEntry& entry : shard.rooms()) write_room(entry, writer);
  writer.put(MetricId::holds, number(s.holds));
  writer.put(MetricId::locks, number(s.locks));
  writer.put(MetricId::lock_waiters, number(s.lock_waiters));
  for (const engine::InventoryEntry& entry : shard.inventories()) write_inventory(entry, writer);
}

}  // namespace doorward::app
