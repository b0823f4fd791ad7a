#include "app/serve/own_paths.hpp"

#include <string>
#include <utility>

namespace doorward::app {
namespace {

constexpr std::string_view kBase = "/.doorward";

edge::Response answer_of(unsigned status, std::string_view type, std::string body) {
  edge::Response response;
  response.head.status = status;
  response.head.fields.append("Content-Type", type);
  response.head.fields.append("Cache-Control", "no-store");
  response.body = std::move(body);
  return response;
}

edge::Response ready(Phase phase, const engine::ShardHealth& health) {
  const char* state = health.broken              ? "broken"
                      : phase == Phase::serving  ? "ready"
                      : phase == Phase::draining ? "draining"
                                                 : "starting";
  std::string body = std::string(R"({"status":")") + state + R"(","writable":)" +
                     (health.writable ? "true" : "false") + "}";
  return answer_of(is_ready(phase, health) ? 200 : 503, "application/json", std::move(body));
}

}  // namespace

bool OwnPaths::may_see_metrics(const edge::Exchange& exchange,
                               const gateway::Client& client) const {
  return exchange.peer().admin_listener || (admin_on_main && !client.forwarded);
}

std::optional<edge::Response> OwnPaths::answer(const edge::Exchange& exchange,
                                               const gateway::Client& client) const {
  const wire::RequestHead& head = exchange.request();
  std::string_view path = head.path;
  if (path.starts_with(kBase)) path.remove_prefix(kBase.size());
  if (head.method != "GET" && head.method != "HEAD") return std::nullopt;
  if (path == "/health/live") return answer_of(200, "application/json", R"({"status":"live"})");
  if (path == "/health/ready") return ready(phase, health());
  if (path == "/metrics" && may_see_metrics(exchange, client))
    return answer_of(200, "text/plain; version=0.0.4; charset=utf-8", metrics->scrape());
  return std::nullopt;
}

}  // namespace doorward::app
