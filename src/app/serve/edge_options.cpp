#include "app/serve/edge_options.hpp"

#include "app/config/address.hpp"

namespace doorward::app {
namespace {

edge::Listener listener(const std::string& listen, bool admin) {
  const auto parsed = config::parse_listen_address(listen).value();
  return {parsed.host, parsed.port, admin};
}

}  // namespace

edge::ServerOptions edge_options(const config::Config& config) {
  edge::ServerOptions options;
  options.listeners.push_back(listener(config.listen, false));
  if (!config.admin.listen.empty())
    options.listeners.push_back(listener(config.admin.listen, true));
  options.threads = config.threads;
  options.connections = config.limits.connections;
  options.connections_per_address = config.limits.connections_per_address;
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
