// What the parts of the program tell about themselves, as metrics.
//
// Ownership: refers to its arguments during the call only.
#pragma once

#include "api/live/live.hpp"
#include "api/redis/redis.hpp"
#include "app/observe/metrics.hpp"
#include "edge/stats.hpp"
#include "edge/upstream/counts.hpp"
#include "engine/shard.hpp"

#include <string>

namespace doorward::app {

void write_edge_metrics(const edge::Stats& stats, MetricWriter& writer);
void write_upstream_metrics(const std::string& name, const edge::UpstreamCounts& counts,
                            MetricWriter& writer);
void write_live_metrics(api::live::Live& live, MetricWriter& writer);
void write_redis_metrics(const api::redis::RedisStats& stats, MetricWriter& writer);
void write_shard_metrics(const engine::Shard& shard, MetricWriter& writer);

}  // namespace doorward::app
