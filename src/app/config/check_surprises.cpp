// What is allowed as it stands, and would surprise whoever wrote it.
#include "app/config/address.hpp"
#include "app/config/load.hpp"
#include "app/config/problem.hpp"
#include "edge/upstream/endpoint.hpp"
#include "wire/rfc3339.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

namespace doorward::app::config {
namespace {

// Whether a route takes whatever comes: then nothing is left to the compatible systems.
bool takes_all(const Config& config) {
  return std::ranges::any_of(config.routes, [](const RouteSettings& settings) {
    const route::Match& match = settings.route.match;
    return match.hosts.empty() && match.methods.empty() &&
           (match.paths.empty() || std::ranges::find(match.paths, "/**") != match.paths.end());
  });
}

bool serves_admin(const Config& config) {
  return !config.admin.listen.empty() || serves_admin_beside_visitors(config);
}

bool is_any(std::string_view host) { return host == "0.0.0.0" || host == "::"; }
bool is_version_6(std::string_view host) { return host.find(':') != host.npos; }

// Whether both cannot be listened on at once.
bool clash(const HostPort& a, const HostPort& b) {
  if (a.port == 0 || a.port != b.port) return false;
  return a.host == b.host ||
         (is_version_6(a.host) == is_version_6(b.host) && (is_any(a.host) || is_any(b.host)));
}

void check_listeners(const Config& config, Problems& problems) {
  struct Listener {
    const char* setting;
    const std::string& text;
    const Place& at;
  };
  const std::array<Listener, 3> all{
      Listener{"listen", config.listen, config.listen_at},
      Listener{"admin.listen", config.admin.listen, config.admin.listen_at},
      Listener{"redis_listen", config.redis_listen.address, config.redis_listen.at}};
  for (std::size_t i = 0; i < all.size(); ++i)
    for (std::size_t j = 0; j < i; ++j) {
      const auto one = parse_listen_address(all[i].text), other = parse_listen_address(all[j].text);
      if (!one || !other || !clash(*one, *other)) continue;
      problems.add_error({all[i].at, all[i].setting,
                          fmt::format("{} is the address of {} too; say another port", all[i].text,
                                      all[j].setting)});
    }
}

// Whether who asks there asks the listener. Other names than "localhost" are not looked up.
bool leads_to(const HostPort& listen, const edge::Endpoint& endpoint) {
  const std::string host = endpoint.host == "localhost" ? "127.0.0.1" : endpoint.host;
  const bool here = host.starts_with("127.") || host == "::1" || is_any(host);
  return listen.port == endpoint.port && (host == listen.host || (here && is_any(listen.host)));
}

void check_loops(const Config& config, Problems& problems) {
  const auto listen = parse_listen_address(config.listen);
  if (!listen || listen->port == 0) return;
  for (const UpstreamSettings& upstream : config.upstreams)
    for (const std::string& url : upstream.endpoints) {
      const auto endpoint = edge::parse_endpoint(url);
      if (!endpoint || !leads_to(*listen, *endpoint)) continue;
      problems.add_error({upstream.at, "upstreams." + upstream.name,
                          fmt::format("{} is where Doorward itself listens, so every request would "
                                      "go round in a circle; say where the service is",
                                      url)});
    }
}

void check_reach(const Config& config, Problems& problems) {
  for (const std::string& network : config.trusted_proxies)
    if (network.ends_with("/0"))
      problems.add_warning({config.trusted_proxies_at, "trusted_proxies",
                            fmt::format("{} is everybody, so anybody may say by X-Forwarded-For "
                                        "who they are, past every limit for each client; name the "
                                        "proxy's own network",
                                        network)});
  const std::string& admin = config.admin.listen;
  if (!serves_admin(config))
    problems.add_warning(
        {config.listen_at, "listen",
         fmt::format("visitors come to {}{}, so admin calls, metrics and the "
                     "dashboard are served nowhere; set admin.listen, such as "
                     "127.0.0.1:9901",
                     config.listen, is_loopback(config.listen) ? " by trusted_proxies" : "")});
  if (!config.compat.named && !is_loopback(config.listen) && !takes_all(config))
    problems.add_warning({config.listen_at, "compat",
                          "the calls of the compatible systems are open to whoever reaches " +
                              config.listen + ": say which of them you want"});
  if (!admin.empty() && is_listen_address(admin) && !is_loopback(admin))
    problems.add_warning({config.admin.listen_at, "admin.listen",
                          fmt::format("{} is reached from other machines, in plain HTTP; take "
                                      "127.0.0.1, or keep the port to a network of your own",
                                      admin)});
}

void check_methods(const RouteSettings& entry, Problems& problems) {
  static const std::vector<std::string> kKnown{
      "GET",   "POST",   "PUT",   "PATCH",    "DELETE",    "HEAD",   "OPTIONS", "CONNECT",
      "TRACE", "QUERY",  "PURGE", "PROPFIND", "PROPPATCH", "MKCOL",  "COPY",    "MOVE",
      "LOCK",  "UNLOCK", "LINK",  "MERGE",    "UNLINK",    "REPORT", "SEARCH"};
  for (const std::string& method : entry.route.match.methods) {
    if (std::ranges::find(kKnown, method) != kKnown.end()) continue;
    problems.add_warning(
        {entry.at, entry.path + ".methods",
         fmt::format("\"{}\" is no method that is known, and only requests with it are matched{}",
                     method, near_to(method, kKnown))});
  }
}

bool is_below(const std::string& path, const std::string& prefix) {
  return path == prefix || prefix.empty() || path.starts_with(prefix + "/");
}

// A prefix that no path of the route can begin with: every request would be answered 404.
void check_strip_prefix(const RouteSettings& entry, Problems& problems) {
  const std::string& prefix = entry.route.strip_prefix;
  if (prefix.empty()) return;
  const auto cut = route::read_path(prefix, {});
  for (const std::string& pattern : entry.route.match.paths) {
    const std::size_t star = std::min(pattern.find("/*"), pattern.size());
    const auto path = route::read_path(star == 0 ? "/" : pattern.substr(0, star), {});
    if (!cut || !path || is_below(*path, *cut)) continue;
    if (star < pattern.size() && is_below(*cut, *path)) continue;
    problems.add_error({entry.at, entry.path + ".strip_prefix",
                        fmt::format("no request for {} begins with {}, so each would be answered "
                                    "404",
                                    pattern, prefix)});
  }
}

void check_route_names(const Config& config, Problems& problems) {
  std::map<std::string, const RouteSettings*> seen;
  for (const RouteSettings& entry : config.routes) {
    const auto [first, is_new] = seen.emplace(entry.route.name, &entry);
    if (!is_new)
      problems.add_warning(
          {entry.at, entry.path + ".name",
           fmt::format("\"{}\" is the name of {} too; rules and logs cannot tell them apart",
                       entry.route.name, first->second->path)});
  }
}

// A plan is a claim of a user's token.
void check_tiers(const Config& config, Problems& problems) {
  if (!config.identity.issuers.empty()) return;
  for (const RuleSettings& settings : config.rules)
    if (!settings.rule.tiers.empty())
      problems.add_warning({settings.at, fmt::format("rules.{}.tiers", settings.rule.name),
                            "no request has a plan, since identity.issuers names nobody whose "
                            "tokens say it; only POST /v1/limits/check may"});
}

}  // namespace

bool serves_admin_beside_visitors(const Config& config) {
  return config.admin.listen.empty() && config.trusted_proxies.empty() &&
         is_loopback(config.listen);
}

void check_surprises(const Config& config, Problems& problems) {
  check_listeners(config, problems);
  check_loops(config, problems);
  check_reach(config, problems);
  check_tiers(config, problems);
  check_route_names(config, problems);
  for (const RouteSettings& entry : config.routes) {
    check_methods(entry, problems);
    check_strip_prefix(entry, problems);
  }
}

void warn_of_the_past(const Config& config, LogTime now, Problems& problems) {
  for (const RoomSettings& room : config.rooms)
    if (room.policy.closes_at && *room.policy.closes_at <= now)
      problems.add_warning({room.at, "rooms." + room.name + ".closes_at",
                            fmt::format("{} is over, so the room is closed",
                                        wire::format_rfc3339(*room.policy.closes_at))});
}

}  // namespace doorward::app::config
