// The configuration of one process: every setting, with its default.
//
// Why:     plain values; what they mean is said once, in `describe`, and acted on in src/app/serve.
// Threads: plain values.
// Spec:    docs/configuration.md.
#pragma once

#include "app/config/compat.hpp"
#include "app/config/document.hpp"
#include "base/time.hpp"
#include "core/limit/rule.hpp"
#include "core/reserve/inventory.hpp"
#include "core/room/policy.hpp"
#include "core/route/route.hpp"
#include "core/tenant/tenant.hpp"
#include "edge/upstream/settings.hpp"
#include "gateway/waiting_page/waiting_page.hpp"
#include "wire/jose/jws.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

namespace doorward::app::config {

class Form;

enum class LogKind : std::uint8_t { sqlite, redis, memory };
enum class LogLevel : std::uint8_t { debug, info, warn, error };
enum class LogFormat : std::uint8_t { text, json };

struct LogSettings {
  LogKind kind = LogKind::sqlite;
  std::string redis = "redis://127.0.0.1:6379";
  std::string name = "main";
  Millis keep_records{std::chrono::hours{24 * 7}};
  Millis remember_closed{std::chrono::minutes{10}};
  std::uint64_t snapshot_every = 1'000'000;
};

struct AdminSettings {
  std::string listen;
  Place listen_at = {};
  std::string token;
  bool open_on_loopback = false;
  Place open_at;
};

struct RedisListenSettings {
  std::string address;  // empty: none
  std::string password;
  std::size_t connections = 1'024;
  Millis idle{std::chrono::minutes{5}};
  Place at;
  // Wherever it stands.
  friend bool operator==(const RedisListenSettings& a, const RedisListenSettings& b) {
    return a.address == b.address && a.password == b.password && a.connections == b.connections &&
           a.idle == b.idle;
  }
};

struct LoggingSettings {
  LogLevel level = LogLevel::info;
  LogFormat format = LogFormat::text;
  bool access = false;
};

struct KeySettings {
  std::string kid;
  wire::jose::Algorithm algorithm = wire::jose::Algorithm::es256;
  std::string file;
  Place at;
  Place file_at;
  // Wherever it stands.
  friend bool operator==(const KeySettings& a, const KeySettings& b) {
    return a.kid == b.kid && a.algorithm == b.algorithm && a.file == b.file;
  }
};

struct TokenSettings {
  wire::jose::Algorithm algorithm = wire::jose::Algorithm::es256;
  std::string issuer = "doorward";
  Millis pass_ttl{std::chrono::minutes{5}};
  std::vector<KeySettings> keys;
};

struct IssuerSettings {
  std::string issuer;
  std::string audience;
  std::string jwks_file;
  std::string jwks_uri;
  std::string jwks_ca;
  Millis jwks_timeout{std::chrono::seconds{3}};
  Millis jwks_cooldown{std::chrono::seconds{10}};
  Millis jwks_refresh{std::chrono::minutes{10}};
  std::string subject_claim = "sub";
  std::string lane_claim;
  std::string type_claim;
  Place at;
  Place jwks_file_at;
  Place jwks_ca_at;
  // Wherever it stands.
  friend bool operator==(const IssuerSettings& a, const IssuerSettings& b) {
    const auto values = [](const IssuerSettings& i) {
      return std::tie(i.issuer, i.audience, i.jwks_file, i.jwks_uri, i.jwks_ca, i.jwks_timeout,
                      i.jwks_cooldown, i.jwks_refresh, i.subject_claim, i.lane_claim, i.type_claim);
    };
    return values(a) == values(b);
  }
};

struct ApiKeySettings {
  std::string name;
  std::string sha256;
  Place at = {};
  // Wherever it stands.
  friend bool operator==(const ApiKeySettings& a, const ApiKeySettings& b) {
    return a.name == b.name && a.sha256 == b.sha256;
  }
};

// Requests that need no user, where others do.
struct PublicSettings {
  std::vector<std::string> paths;
  std::vector<std::string> methods;
};

struct IdentitySettings {
  std::vector<IssuerSettings> issuers;
  std::vector<ApiKeySettings> api_keys;
  bool required = false;
  std::vector<PublicSettings> open;
};

struct RoomSettings {
  std::string name;
  Place at;
  room::Policy policy;
  gateway::RoomDisplay display;
  std::string page_file;
  // In short: a route to this room, without one having to be written.
  std::optional<route::Match> match;
  std::string upstream;
  Place upstream_at;
  Place stock_at;
  Place logo_at;
  Place page_at;
};

struct InventorySettings {
  std::string name;
  Place at;
  reserve::Inventory spec;
};

struct UpstreamSettings {
  std::string name;
  Place at;
  std::vector<std::string> endpoints;
  edge::UpstreamLimits limits;
  std::uint32_t connections = 256;  // over all loops
  bool pass_host = true;
};

struct RouteSettings {
  route::Route route;
  std::string path;  // "routes[0]": what it is called where something is wrong with it
  Place at;
  Place room_at;
  Place renews_at;
  Place upstream_at;
};

struct RuleSettings {
  limit::Rule rule;
  Place at;
  std::vector<Place> routes_at = {};  // of `rule.match.routes`
};

struct TenantSettings {
  std::string name;
  Place at;
  tenant::Settings settings;
  std::vector<ApiKeySettings> api_keys;
};

struct LimitSettings {
  std::size_t connections = 200'000;
  std::size_t connections_per_address = 1'000;
  std::size_t head_bytes = 32U << 10;
  std::uint64_t body_bytes = 1U << 30;
  std::size_t queued_commands = 65'536;
};

struct CounterSettings {
  std::uint64_t bytes = 256U << 20;
  Millis keep_idle{0};
  Millis clean_every{std::chrono::seconds{60}};
  Millis save_every{std::chrono::seconds{5}};
  limit::Dialect headers = limit::Dialect::ietf;
  friend bool operator==(const CounterSettings&, const CounterSettings&) = default;
};

// Pages of other origins that may call; see gateway/cors.hpp.
struct CorsSettings {
  std::vector<std::string> origins;
  bool credentials = false;
  bool routes = false;
};

struct DeadlineSettings {
  Millis head{std::chrono::seconds{10}};
  Millis body{std::chrono::seconds{30}};
  Millis keep_alive{std::chrono::seconds{60}};
  Millis write{std::chrono::seconds{30}};
  Millis tunnel{std::chrono::hours{1}};
  Millis drain{std::chrono::seconds{20}};
};

struct Config {
  std::string folder = ".";  // of the file, where its relative paths start
  std::string listen = "127.0.0.1:8080";
  Place listen_at;
  std::string data = "doorward-data";
  std::uint32_t threads = 0;
  std::vector<std::string> trusted_proxies;
  Place trusted_proxies_at;
  bool prefer_forwarded = false;
  bool forwarded_host = false;
  LogSettings log;
  AdminSettings admin;
  RedisListenSettings redis_listen;
  LoggingSettings logging;
  bool debug = false;  // errors carry detail
  TokenSettings tokens;
  IdentitySettings identity;
  std::vector<RoomSettings> rooms;
  std::vector<InventorySettings> inventories;
  std::vector<UpstreamSettings> upstreams;
  std::vector<RouteSettings> routes;
  std::vector<RuleSettings> rules;
  std::vector<TenantSettings> tenants;  // their rooms and rules are among those above
  std::string business_ids;
  Place business_ids_at;
  LimitSettings limits;
  CounterSettings counters;
  CompatSettings compat;
  CorsSettings cors;
  DeadlineSettings deadlines;
};

// The one table of settings.
void describe(Form& form, Config& config);

}  // namespace doorward::app::config
