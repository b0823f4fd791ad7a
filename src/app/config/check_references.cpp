// The rules across settings.
#include "app/config/address.hpp"
#include "app/config/load.hpp"
#include "app/config/problem.hpp"

#include <fmt/format.h>
#include <boost/algorithm/string/case_conv.hpp>
#include <boost/asio/ip/address.hpp>

#include <algorithm>
#include <map>
#include <set>

namespace doorward::app::config {
namespace {

template <class Settings>
std::vector<std::string> names_of(const std::vector<Settings>& all) {
  std::vector<std::string> names;
  for (const Settings& one : all) names.push_back(one.name);
  return names;
}

void check_name(const std::string& name, const std::vector<std::string>& known, const Place& at,
                const std::string& path, std::string_view kind, Problems& problems) {
  if (name.empty() || std::find(known.begin(), known.end(), name) != known.end()) return;
  const bool is_address = kind == "upstream" && name.find("://") != std::string::npos;
  const std::string advice = is_address
                                 ? "; give the address a name under upstreams, and say that name"
                                 : suggestion(name, known);
  problems.add_error({at, path, fmt::format("there is no {} \"{}\"{}", kind, name, advice)});
}

// `match` in a room stands for a route, put before those of the file.
void add_routes_of_rooms(Config& config, Problems& problems) {
  std::vector<RouteSettings> routes;
  for (const RoomSettings& room : config.rooms) {
    if (!room.match) continue;
    RouteSettings route;
    route.path = fmt::format("rooms.{}.match", room.name);
    route.route.name = room.name;
    route.route.match = *room.match;
    route.route.room = room.name;
    route.route.upstream = room.upstream;
    route.at = route.room_at = room.at;
    route.upstream_at = room.upstream_at;
    if (room.upstream.empty() && config.upstreams.size() == 1) {
      route.route.upstream = config.upstreams.front().name;
    } else if (room.upstream.empty() && config.upstreams.size() > 1) {
      problems.add_error(
          {room.at, fmt::format("rooms.{}.upstream", room.name),
           "this setting is required beside \"match\" where there are several upstreams"});
    }
    routes.push_back(std::move(route));
  }
  config.routes.insert(config.routes.begin(), std::make_move_iterator(routes.begin()),
                       std::make_move_iterator(routes.end()));
}

using MethodSet = std::set<std::string>;  // empty: all

// Which methods earlier routes took, for each pair of path and host.
class Taken {
 public:
  // Whether all of the route was taken before. Then takes what it matches.
  bool covers_then_take(const route::Match& match) {
    bool covered = true;
    for (const std::string& path : or_any(match.paths, "/**")) {
      for (const std::string& host : or_any(match.hosts, "*")) {
        const auto key = std::pair(same_path(path), boost::algorithm::to_lower_copy(host));
        const MethodSet wanted(match.methods.begin(), match.methods.end());
        const auto [begin, end] = taken_.equal_range(key);
        const bool here = std::any_of(begin, end, [&](const auto& entry) {
          const MethodSet& earlier = entry.second;
          return earlier.empty() ||
                 (!wanted.empty() &&
                  std::includes(earlier.begin(), earlier.end(), wanted.begin(), wanted.end()));
        });
        if (!here) {
          covered = false;
          taken_.emplace(key, wanted);
        }
      }
    }
    return covered;
  }

 private:
  // Patterns that are compared alike are alike: "/Buy/" and "/buy".
  static std::string same_path(const std::string& pattern) {
    const std::size_t star = std::min(pattern.find("/*"), pattern.size());
    const auto read = star == 0 ? "" : route::read_path(pattern.substr(0, star), {});
    return read.value_or(pattern) + pattern.substr(star);
  }
  static std::vector<std::string> or_any(const std::vector<std::string>& list, std::string any) {
    return list.empty() ? std::vector<std::string>{std::move(any)} : list;
  }

  std::multimap<std::pair<std::string, std::string>, MethodSet> taken_;
};

void check_routes(Config& config, Problems& problems) {
  constexpr std::size_t kMaxRoutes = 10'000;
  // A path that could not be read is not there, and its route would seem to match everything.
  const bool all_read = !problems.any_errors();
  const auto rooms = names_of(config.rooms);
  const auto upstreams = names_of(config.upstreams);
  Taken taken;
  for (std::size_t i = 0; i < config.routes.size(); ++i) {
    RouteSettings& entry = config.routes[i];
    auto& route = entry.route;
    if (route.name.empty()) route.name = fmt::format("route-{}", i + 1);
    check_name(route.room, rooms, entry.room_at, entry.path + ".room", "room", problems);
    check_name(route.renews, rooms, entry.renews_at, entry.path + ".renews", "room", problems);
    check_name(route.upstream, upstreams, entry.upstream_at, entry.path + ".upstream", "upstream",
               problems);
    if (all_read && taken.covers_then_take(route.match)) {
      problems.add_warning({entry.at, entry.path,
                            "this route is never reached: earlier ones match the same requests"});
    }
  }
  if (config.routes.size() > kMaxRoutes) {
    problems.add_error(
        {config.routes[kMaxRoutes].at, "routes",
         fmt::format("expected at most {} routes, found {}", kMaxRoutes, config.routes.size())});
  }
}

void check_rooms_are_used(const Config& config, Problems& problems) {
  if (config.routes.empty()) return;
  for (const RoomSettings& room : config.rooms) {
    const bool used = std::any_of(config.routes.begin(), config.routes.end(),
                                  [&](const auto& r) { return r.route.room == room.name; });
    if (!used) {
      problems.add_warning({room.at, "rooms." + room.name, "no route leads through this room"});
    }
  }
}

// A warning only: the admin API may make it.
void check_stocks(const Config& config, Problems& problems) {
  const auto inventories = names_of(config.inventories);
  for (const RoomSettings& room : config.rooms) {
    if (!room.policy.stock || room.policy.stock->inventory.empty()) continue;
    // A tenant's room sells what the tenant has.
    const std::string wanted =
        tenant::full_name(tenant::split(room.name).tenant, room.policy.stock->inventory);
    const bool known = std::any_of(config.inventories.begin(), config.inventories.end(),
                                   [&](const auto& one) { return one.name == wanted; });
    if (known) continue;
    problems.add_warning({room.stock_at, "rooms." + room.name + ".stock.inventory",
                          fmt::format("there is no inventory \"{}\" in this file, so the room "
                                      "counts as sold out until the admin API makes it{}",
                                      wanted, near_to(wanted, inventories))});
  }
}

void check_open_admin(const Config& config, Problems& problems) {
  const bool own = !config.admin.listen.empty();
  if (!config.admin.open_on_loopback) return;
  if (!is_loopback(own ? config.admin.listen : config.listen)) {
    problems.add_error(
        {config.admin.open_at, "admin.open_on_loopback",
         fmt::format("expected {} on loopback, such as 127.0.0.1:{}, found {}; {}",
                     own ? "admin.listen" : "listen", own ? "9901" : "8080",
                     own ? config.admin.listen : config.listen,
                     own ? "or take open_on_loopback away, and sign in with the admin token"
                         : "or set admin.listen to an address on loopback")});
  } else if (!own && !config.trusted_proxies.empty()) {
    problems.add_error({config.admin.open_at, "admin.open_on_loopback",
                        "expected admin.listen on loopback beside trusted_proxies"});
  }
}

void check_rules(const Config& config, Problems& problems) {
  std::vector<std::string> routes;
  for (const RouteSettings& entry : config.routes) routes.push_back(entry.route.name);
  for (const RuleSettings& settings : config.rules) {
    const std::vector<std::string>& wanted = settings.rule.match.routes;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      check_name(wanted[i], routes, settings.routes_at[i],
                 fmt::format("rules.{}.match.routes", settings.rule.name), "route", problems);
    }
  }
}

template <class Item, class Key>
void check_unique(const std::vector<Item>& items, Key key, const std::string& path,
                  Problems& problems) {
  std::set<std::string> seen;
  for (const Item& item : items) {
    if (!seen.insert(key(item)).second) {
      problems.add_error({item.at, path, fmt::format("\"{}\" stands here twice", key(item))});
    }
  }
}

// Whoever reaches the port could use up anybody's limit.
void check_redis_listen(const Config& config, Problems& problems) {
  const RedisListenSettings& redis = config.redis_listen;
  const auto parsed = parse_listen_address(redis.address);
  if (redis.address.empty() || !parsed) return;
  boost::system::error_code failed;
  const auto address = boost::asio::ip::make_address(parsed->host, failed);
  if (!failed && address.is_loopback()) return;
  if (!redis.password.empty() || !config.identity.api_keys.empty()) return;
  problems.add_error({redis.at, "redis_listen.password",
                      "this setting, or identity.api_keys, is required where the address is not "
                      "loopback"});
}

void check_gatekeeper(const Config& config, Problems& problems) {
  const GatekeeperSettings& gatekeeper = config.compat.gatekeeper;
  // It is on by default; who wrote it down means to use it.
  const bool is_meant = gatekeeper.on && gatekeeper.at.source != nullptr;
  const bool any_key = std::any_of(config.tenants.begin(), config.tenants.end(),
                                   [](const auto& tenant) { return !tenant.api_keys.empty(); });
  if (is_meant && !any_key)
    problems.add_warning({gatekeeper.at, "compat.gatekeeper",
                          "no business has an API key here, and without one every call is answered "
                          "401: set BUSINESS_IDS, or make keys with `doorward tenant`"});
}

void check_secrets(const Config& config, Problems& problems) {
  constexpr std::size_t kGood = 32;
  // Of examples/gatekeeper.env.example.
  constexpr std::string_view kOfTheExample = "your_super_secret_random_string_here";
  const GatekeeperSettings& gatekeeper = config.compat.gatekeeper;
  if (gatekeeper.jwt_secret == kOfTheExample)
    problems.add_warning({gatekeeper.at, "compat.gatekeeper.jwt_secret",
                          "this is the secret of the example, which everybody can read, so anybody "
                          "can make a JWT: set JWT_SECRET to 32 random letters or more"});
  if (!gatekeeper.jwt_secret.empty() && gatekeeper.jwt_secret.size() < kGood)
    problems.add_warning({gatekeeper.at, "compat.gatekeeper.jwt_secret",
                          "a secret of fewer than 32 letters can be guessed from a JWT"});
}

}  // namespace

void check_references(Config& config, Problems& problems) {
  add_routes_of_rooms(config, problems);
  check_routes(config, problems);
  check_rooms_are_used(config, problems);
  check_stocks(config, problems);
  check_open_admin(config, problems);
  check_redis_listen(config, problems);
  check_rules(config, problems);
  check_secrets(config, problems);
  check_gatekeeper(config, problems);
  check_unique(
      config.tokens.keys, [](const KeySettings& k) { return k.kid; }, "tokens.keys", problems);
  check_unique(
      config.identity.issuers, [](const IssuerSettings& i) { return i.issuer; }, "identity.issuers",
      problems);
}

}  // namespace doorward::app::config
