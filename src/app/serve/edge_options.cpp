#include "app/serve/edge_options.hpp"

#include "app/config/address.hpp"
#include "app/serve/upstreams.hpp"

namespace doorward::app {
namespace {

edge::Listener listener(const std::string& listen, bool admin) {
  const auto parsed = config::parse_listen_address(listen).value();
  return {.address = parsed.host, .port = parsed.port, .admin = admin};
}

}  // namespace

edge::ServerOptions edge_options(const config::Config& config) {
  edge::ServerOptions options;
  options.listeners.push_back(listener(config.listen, false));
  if (!config.admin.listen.empty())
    options.listeners.push_back(listener(config.admin.listen, true));
  if (!config.redis_listen.address.empty()) {
    options.listeners.push_back(listener(config.redis_listen.address, false));
    options.listeners.back().protocol = edge::Protocol::resp;
  }
  options.resp.connections = config.redis_listen.connections;
  options.resp.idle = config.redis_listen.idle;
  options.threads = config.threads;
  options.connections = config.limits.connections;
  options.connections_per_address = config.limits.connections_per_address;
  if (!config.trusted_proxies.empty()) {
    options.is_shared = [networks = trusted_of(config).networks](const auto& address) {
      return networks.contains(address);
    };
  }
  options.limits.head_bytes = config.limits.head_bytes;
  options.limits.body_bytes = config.limits.body_bytes;
  options.deadlines.head = config.deadlines.head;
  options.deadlines.body = config.deadlines.body;
  options.deadlines.keep_alive = config.deadlines.keep_alive;
  options.deadlines.write = config.deadlines.write;
  options.deadlines.tunnel = config.deadlines.tunnel;
  return options;
}

}  // namespace doorward::app
