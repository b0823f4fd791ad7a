// What of the configuration file the program takes over while it runs.
#include "app/serve/edge_options.hpp"
#include "app/serve/file_inventories.hpp"
#include "app/serve/file_rooms.hpp"
#include "app/serve/file_rules.hpp"
#include "app/serve/file_tenants.hpp"
#include "app/serve/program.hpp"
#include "app/serve/reload.hpp"

#include <fmt/format.h>

namespace doorward::app {
namespace {

// Each room and each rule is a command of its own.
constexpr std::string_view kNoInventories =
    "the configuration was not reloaded: some of its inventories may be in force, the rest is not; "
    "reload again";
constexpr std::string_view kNoRooms =
    "the configuration was not reloaded: some of its rooms may be in force, its rules and the rest "
    "are not; reload again";
constexpr std::string_view kNoTenants =
    "the configuration was not reloaded: some of its tenants may be in force, the rest is not; "
    "reload again";
constexpr std::string_view kNoRules =
    "the configuration was reloaded in part: its rooms are in force, of its rules some may be, the "
    "rest is not; reload again";

}  // namespace

Result<> Program::apply_file(const config::Config& config) {
  auto tenants = apply_file_tenants(config.tenants, *file_memory_, *shard_, log_);
  if (!tenants) return tenants;
  auto inventories = apply_file_inventories(config.inventories, *file_memory_, *shard_, log_);
  if (!inventories) return inventories;
  wanted_inventories_.set(config.inventories);
  auto rooms = apply_file_rooms(config.rooms, *file_memory_, *shard_, log_);
  if (!rooms) return rooms;
  return apply_file_rules(config.rules, *file_memory_, *shard_, log_);
}

bool Program::reload(config::Config config) {
  for (const std::string& setting : needs_restart(config_, config)) {
    log_.each_time(Level::warn,
                   fmt::format("{} changed in the configuration, and needs a restart", setting));
  }
  // What may fail comes first.
  if (auto done = apply_file_tenants(config.tenants, *file_memory_, *shard_, log_); !done) {
    log_.each_time(Level::error, kNoTenants, {{"fault", done.error().what}});
    return false;
  }
  if (auto set = apply_file_inventories(config.inventories, *file_memory_, *shard_, log_); !set) {
    log_.each_time(Level::error, kNoInventories, {{"fault", set.error().what}});
    return false;
  }
  if (auto rooms = apply_file_rooms(config.rooms, *file_memory_, *shard_, log_); !rooms) {
    log_.each_time(Level::error, kNoRooms, {{"fault", rooms.error().what}});
    return false;
  }
  if (auto rules = apply_file_rules(config.rules, *file_memory_, *shard_, log_); !rules) {
    log_.each_time(Level::error, kNoRules, {{"fault", rules.error().what}});
    return false;
  }
  wanted_inventories_.set(config.inventories);
  config_.inventories = std::move(config.inventories);
  config_.tenants = std::move(config.tenants);
  config_.rooms = std::move(config.rooms);
  config_.rules = std::move(config.rules);
  config_.routes = std::move(config.routes);
  config_.identity.required = config.identity.required;
  users_required_ = config.identity.required;
  config_.identity.open = std::move(config.identity.open);
  config_.upstreams = std::move(config.upstreams);
  config_.trusted_proxies = std::move(config.trusted_proxies);
  config_.prefer_forwarded = config.prefer_forwarded;
  config_.forwarded_host = config.forwarded_host;
  config_.counters.headers = config.counters.headers;
  config_.logging = config.logging;
  config_.debug = config.debug;
  config_.cors = std::move(config.cors);
  config_.deadlines = config.deadlines;
  config_.limits.connections = config.limits.connections;
  config_.limits.connections_per_address = config.limits.connections_per_address;
  server_->adjust(edge_options(config_));
  if (!config_.trusted_proxies.empty()) observer_.look_for_proxy(false);
  own_paths_.admin_on_main = admin_on_main();
  pages_->show(displays_of(config_));
  pipeline_.set(make_pipeline(false));
  return true;
}

}  // namespace doorward::app
