#include "app/serve/upstreams.hpp"

#include "gateway/authenticate.hpp"
#include "gateway/proxy.hpp"
#include "gateway/room_gate.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace doorward::app {
namespace {

std::shared_ptr<gateway::Filter> make_proxy(const config::Config& config, std::size_t loops) {
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
    targets.emplace(settings.name,
                    gateway::ProxyTarget{std::make_shared<edge::Upstream>(
                                             settings.name, std::move(endpoints), limits),
                                         settings.pass_host});
  }
  gateway::ProxyOptions options;
  options.tunnel_idle = config.deadlines.tunnel;
  return std::make_shared<gateway::Proxy>(std::move(targets), options);
}

}  // namespace

route::RouteTable routes_of(const config::Config& config) {
  std::vector<route::Route> routes;
  routes.reserve(config.routes.size());
  for (const auto& entry : config.routes) routes.push_back(entry.route);
  return route::RouteTable(std::move(routes));
}

gateway::TrustedProxies trusted_of(const config::Config& config) {
  // Each was parsed when the configuration was read.
  return {gateway::Networks::parse(config.trusted_proxies).value(), config.prefer_forwarded};
}

std::vector<std::shared_ptr<gateway::Filter>> make_filters(const config::Config& config,
                                                           gateway::Places& places,
                                                           gateway::Pages& pages,
                                                           std::size_t loops) {
  return {std::make_shared<gateway::Authenticate>(places),
          std::make_shared<gateway::RoomGate>(places, pages), make_proxy(config, loops)};
}

}  // namespace doorward::app
