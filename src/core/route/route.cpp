#include "core/route/route.hpp"

#include "core/route/method.hpp"
#include "core/tenant/tenant.hpp"

#include <algorithm>
#include <iterator>
#include <tuple>
#include <utility>

namespace doorward::route {
namespace {

constexpr std::string_view kOneMore = "/*";
constexpr std::string_view kAllBelow = "/**";

std::string_view literal_of(std::string_view pattern) {
  if (pattern.ends_with(kAllBelow)) return pattern.substr(0, pattern.size() - kAllBelow.size());
  if (pattern.ends_with(kOneMore)) return pattern.substr(0, pattern.size() - kOneMore.size());
  return pattern;
}

}  // namespace

std::optional<std::string> fault_in_path_pattern(std::string_view pattern) {
  if (!pattern.starts_with('/')) return "a path pattern begins with '/'";
  const std::string_view literal = literal_of(pattern);
  if (literal.find('*') != std::string_view::npos)
    return "'*' may stand only at the end of a path pattern, as \"/*\" or \"/**\"";
  if (pattern.find('?') != std::string_view::npos) return "a path pattern has no query";
  if (literal.find(';') != std::string_view::npos) return "a path pattern has no ';' parameters";
  const auto read = literal.empty() ? "" : read_path(literal, {});
  if (!read) return "a path pattern has no '#', no control character and only whole %xx escapes";
  if (is_reserved(*read)) return "\"/.doorward\" belongs to Doorward itself";
  return std::nullopt;
}

std::optional<std::string> fault_in_host_pattern(std::string_view pattern) {
  const std::string_view name = pattern.starts_with("*.") ? pattern.substr(2) : pattern;
  if (name.empty()) return "a host pattern is a name, such as \"shop.example\" or \"*.example\"";
  if (name.find('*') != std::string_view::npos)
    return "'*' may stand only at the start of a host pattern, as \"*.\"";
  if (name.find_first_of("/ \t@?#") != std::string_view::npos)
    return "a host pattern is a name and at most a port, without scheme or path";
  return std::nullopt;
}

RouteTable::RouteTable(std::vector<Route> routes) : routes_(std::move(routes)) {
  std::size_t look_ups = 0;
  for (std::uint32_t i = 0; i < routes_.size(); ++i) {
    const auto& paths = routes_[i].match.paths;
    if (paths.empty()) add(std::string(kAllBelow), i);
    for (const auto& pattern : paths) add(pattern, i);
  }
  // Exact hosts before wildcards, longer wildcards first, and a pattern that names the port before
  // one that does not; a stable sort keeps the order of the file otherwise.
  const auto before = [](const Candidate& a, const Candidate& b) {
    const auto rank = [](const Candidate& c) {
      return std::tuple(c.name.empty() ? 0
                        : c.below      ? 1
                                       : 2,
                        c.below ? c.name.size() : 0, !c.port.empty());
    };
    return rank(a) > rank(b);
  };
  for (auto* index : {&exact_, &one_more_, &all_below_})
    for (auto& [path, candidates] : *index)
      std::stable_sort(candidates.begin(), candidates.end(), before);
  if (const Candidates* all = all_below_.find("", look_ups))
    std::ranges::copy_if(*all, std::back_inserter(rooms_of_hosts_),
                         [&](const Candidate& candidate) {
                           return !candidate.name.empty() && !routes_[candidate.route].room.empty();
                         });
}

void RouteTable::add(const std::string& pattern, std::uint32_t route) {
  const std::string_view literal = literal_of(pattern);
  const auto read = literal.empty() ? std::string() : read_path(literal, {});
  if (!read) return;
  auto& index = literal.size() == pattern.size()                      ? exact_
                : pattern.size() - literal.size() == kAllBelow.size() ? all_below_
                                                                      : one_more_;
  add_candidates(index[*read], route);
}

void RouteTable::add_candidates(Candidates& to, std::uint32_t route) const {
  const auto& hosts = routes_[route].match.hosts;
  if (hosts.empty()) to.push_back({{}, {}, false, route});
  for (std::string_view pattern : hosts) {
    const bool below = pattern.starts_with("*.");
    const Host host = read_host(below ? pattern.substr(2) : pattern);
    to.push_back({host.name, host.port, below, route});
  }
}

const Route* RouteTable::pick(const Candidates& from, const Host& host,
                              std::string_view method) const {
  for (const auto& candidate : from) {
    if (!candidate.port.empty() && candidate.port != host.port) continue;
    if (candidate.below) {
      if (host.name.size() < candidate.name.size() + 2 || !host.name.ends_with(candidate.name) ||
          host.name[host.name.size() - candidate.name.size() - 1] != '.')
        continue;
    } else if (!candidate.name.empty() && candidate.name != host.name) {
      continue;
    }
    const Route& route = routes_[candidate.route];
    if (method_matches(route.match.methods, method)) return &route;
  }
  return nullptr;
}

// From the longest literal part to the shortest: the path itself, its parent, and so on up to the
// root.
const Route* RouteTable::find_read(const Host& host, std::string_view path, std::string_view method,
                                   std::size_t& look_ups) const {
  const Route* route = find_by_path(host, path, method, look_ups);
  if (route == nullptr || route->room.empty() || !route->match.hosts.empty()) return route;
  const Route* own = pick(rooms_of_hosts_, host, method);
  const auto tenant_of = [](const Route* of) { return tenant::split(of->room).tenant; };
  return own != nullptr && tenant_of(own) != tenant_of(route) ? own : route;
}

const Route* RouteTable::find_by_path(const Host& host, std::string_view path,
                                      std::string_view method, std::size_t& look_ups) const {
  const Route* route = nullptr;
  const auto leads = [&](const Candidates& candidates) {
    route = pick(candidates, host, method);
    return route != nullptr;
  };
  const auto leads_at = [&](const Index& index, std::string_view literal) {
    const Candidates* found = index.find(literal, look_ups);
    return found != nullptr && leads(*found);
  };
  if (leads_at(exact_, path) || leads_at(all_below_, path)) return route;
  if (!path.empty()) {
    const std::string_view parent = path.substr(0, path.rfind('/'));
    if (leads_at(one_more_, parent)) return route;
    all_below_.walk(parent, look_ups, leads);
  }
  return route;
}

const Route* RouteTable::find(std::string_view host, std::string_view path, std::string_view method,
                              std::size_t* look_ups) const {
  std::size_t uncounted = 0;
  std::size_t& count = look_ups == nullptr ? uncounted : *look_ups;
  if (routes_.empty()) return nullptr;
  const Host read_as = read_host(host);
  if (is_read(path)) return find_read(read_as, path, method, count);
  const auto readings = readings_of(path);
  std::vector<std::string> seen;
  const Route* found = nullptr;
  for (const Reading& reading : readings) {
    auto read = read_path(path, reading);
    if (!read || is_reserved(*read)) return nullptr;
    if (std::find(seen.begin(), seen.end(), *read) != seen.end()) continue;
    const Route* route = find_read(read_as, *read, method, count);
    if (!seen.empty() && route != found) return nullptr;
    found = route;
    if (readings.size() > 1) seen.push_back(*std::move(read));
  }
  return found;
}

}  // namespace doorward::route
