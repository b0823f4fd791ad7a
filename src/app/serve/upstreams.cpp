#include "app/serve/upstreams.hpp"

#include "app/observe/sources.hpp"
#include "gateway/admin_token.hpp"
#include "gateway/cors.hpp"
#include "gateway/proxy.hpp"
#include "gateway/renew_session.hpp"
#include "gateway/rewrite_path.hpp"
#include "gateway/room_gate.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace doorward::app {
namespace {

std::shared_ptr<gateway::Filter> make_proxy(const config::Config& config, std::size_t loops,
                                            UpstreamCountsByName& counts) {
  gateway::ProxyTargets targets;
  for (const auto& settings : config.upstreams) {
    std::vector<edge::Endpoint> endpoints;
    for (const std::string& url : settings.endpoints) {
      endpoints.push_back(edge::parse_endpoint(url).value());
    }
    edge::UpstreamLimits limits = settings.limits;
    limits.connections =
        std::max<std::size_t>(1, settings.connections / std::max<std::size_t>(1, loops));
    limits.idle_connections = std::min(limits.idle_connections, limits.connections);
    targets.emplace(settings.name, gateway::ProxyTarget{std::make_shared<edge::Upstream>(
                                                            settings.name, std::move(endpoints),
                                                            limits, counts.of(settings.name)),
                                                        settings.pass_host});
  }
  gateway::ProxyOptions options;
  options.tunnel_idle = config.deadlines.tunnel;
  return std::make_shared<gateway::Proxy>(std::move(targets), options);
}

}  // namespace

std::shared_ptr<edge::UpstreamCounts> UpstreamCountsByName::of(const std::string& name) {
  const std::lock_guard lock(mutex_);
  std::shared_ptr<edge::UpstreamCounts>& counts = counts_[name];
  if (!counts) counts = std::make_shared<edge::UpstreamCounts>();
  return counts;
}

void UpstreamCountsByName::write(MetricWriter& writer) const {
  const std::lock_guard lock(mutex_);
  for (const auto& [name, counts] : counts_) write_upstream_metrics(name, *counts, writer);
}

route::RouteTable routes_of(const config::Config& config) {
  std::vector<route::Route> routes;
  routes.reserve(config.routes.size());
  for (const auto& entry : config.routes) routes.push_back(entry.route);
  return route::RouteTable(std::move(routes));
}

gateway::TrustedProxies trusted_of(const config::Config& config) {
  // Each was parsed when the configuration was read.
  return {gateway::Networks::parse(config.trusted_proxies).value(), config.prefer_forwarded,
          config.forwarded_host};
}

std::shared_ptr<gateway::Filter> make_cors(const config::Config& config) {
  if (config.cors.origins.empty()) return nullptr;
  return std::make_shared<gateway::Cors>(
      gateway::CorsOptions{config.cors.origins, config.cors.credentials, config.cors.routes});
}

gateway::UserRule user_rule_of(const config::Config& config) {
  gateway::UserRule rule{config.identity.required, {}};
  for (const config::PublicSettings& settings : config.identity.open) {
    route::OpenPaths& open = rule.open.emplace_back();
    open.methods = settings.methods;
    for (const std::string& path : settings.paths) open.paths.emplace_back(path);
  }
  return rule;
}

std::shared_ptr<gateway::Filter> make_authenticate(const config::Config& config,
                                                   gateway::Places& places) {
  return std::make_shared<gateway::Authenticate>(places, user_rule_of(config));
}

std::vector<std::shared_ptr<gateway::Filter>> make_filters(const config::Config& config,
                                                           gateway::Places& places,
                                                           gateway::Pages& pages, std::size_t loops,
                                                           UpstreamCountsByName& counts,
                                                           const std::string& admin_token) {
  return {std::make_shared<gateway::AdminTokenGuard>(admin_token),
          make_authenticate(config, places),
          std::make_shared<gateway::RoomGate>(places, pages),
          std::make_shared<gateway::RenewSession>(places),
          std::make_shared<gateway::RewritePath>(),
          make_proxy(config, loops, counts)};
}

}  // namespace doorward::app
