#include "core/limit/rule_set.hpp"

#include "core/route/method.hpp"
#include "core/route/path.hpp"

#include <algorithm>
#include <numeric>
#include <tuple>
#include <utility>

namespace doorward::limit {
namespace {

constexpr std::string_view kOneMore = "/*";
constexpr std::string_view kAllBelow = "/**";
constexpr std::string_view kBelowHost = "*.";
constexpr std::string_view kOwn = "/.doorward";

std::string_view literal_of(std::string_view pattern) {
  if (pattern.ends_with(kAllBelow)) return pattern.substr(0, pattern.size() - kAllBelow.size());
  if (pattern.ends_with(kOneMore)) return pattern.substr(0, pattern.size() - kOneMore.size());
  return pattern;
}

// Greater is more specific.
std::pair<int, std::size_t> path_rank(std::string_view pattern) {
  if (pattern.empty()) return {0, 0};
  const std::string_view literal = literal_of(pattern);
  if (literal.size() == pattern.size()) return {3, literal.size()};
  return {pattern.ends_with(kAllBelow) ? 1 : 2, literal.size()};
}

std::tuple<int, std::size_t, bool> host_rank(std::string_view pattern) {
  if (pattern.empty()) return {0, 0, false};
  const bool below = pattern.starts_with(kBelowHost);
  return {below ? 1 : 2, below ? pattern.size() : 0, !route::read_host(pattern).port.empty()};
}

// The native calls have a second address.
std::string_view without_own(std::string_view read) {
  return route::is_reserved(read) ? read.substr(kOwn.size()) : read;
}

bool value_matches(std::string_view pattern, std::string_view value) {
  if (!pattern.ends_with('*')) return value == pattern;
  return value.starts_with(pattern.substr(0, pattern.size() - 1));
}

bool headers_match(const std::vector<HeaderMatch>& headers, const HeaderSource& source) {
  return std::all_of(headers.begin(), headers.end(), [&](const HeaderMatch& wanted) {
    // Any of them: whoever sends another before it escapes nothing.
    for (std::size_t n = 0;; ++n) {
      const auto value = source.header(wanted.name, n);
      if (!value) return false;
      if (value_matches(wanted.pattern, *value)) return true;
    }
  });
}

const std::vector<std::string>& or_any(const std::vector<std::string>& patterns) {
  static const std::vector<std::string> kAny{std::string()};
  return patterns.empty() ? kAny : patterns;
}

}  // namespace

// What is looked for is worked out once for each path and each host of a rule, not for each pair.
struct RuleSet::Maker {
  struct HostPattern {
    std::string_view pattern;
    decltype(host_rank({})) rank;
    std::string name;
  };
  struct Ranked {
    std::int32_t priority;
    decltype(path_rank({})) by_path;
    decltype(host_rank({})) by_host;
    Candidate candidate;
    auto rank() const { return std::tie(priority, by_path, by_host); }
  };

  explicit Maker(RuleSet& made) : set(made) {}

  void add(std::uint32_t number) {
    const Rule& rule = set.rules_[number]->rule();
    std::vector<HostPattern> hosts;
    for (const auto& host : or_any(rule.match.hosts)) hosts.push_back(read(host));
    for (const auto& path : or_any(rule.match.paths)) {
      const std::vector<Hosts*> found = hosts_of(rule, path);
      const auto rank = path_rank(path);
      for (const HostPattern& host : hosts) {
        for (Hosts* to : found) targets.emplace_back(ranked.size(), &places_of(*to, host));
        ranked.push_back({rule.priority, rank, host.rank, {number, path, host.pattern}});
      }
    }
  }

  static HostPattern read(std::string_view pattern) {
    const bool below = pattern.starts_with(kBelowHost);
    const auto name = below ? pattern.substr(kBelowHost.size()) : pattern;
    return {pattern, host_rank(pattern), route::read_host(name).name};
  }

  // By the literal part of its path; without a path by its routes, "" standing for none.
  std::vector<Hosts*> hosts_of(const Rule& rule, std::string_view path) {
    std::vector<Hosts*> found;
    if (path.empty()) {
      for (const auto& route : or_any(rule.match.routes)) found.push_back(&set.any_path_[route]);
      return found;
    }
    const std::string_view literal = literal_of(path);
    auto& index = literal.size() == path.size() ? set.exact_
                  : path.ends_with(kAllBelow)   ? set.all_below_
                                                : set.one_more_;
    const auto key = literal.empty() ? std::string() : route::read_path(literal, {});
    if (key) found.push_back(&index[*key]);
    return found;
  }

  static Places& places_of(Hosts& hosts, const HostPattern& host) {
    if (host.pattern.empty()) return hosts.any;
    auto& index = host.pattern.starts_with(kBelowHost) ? hosts.below : hosts.exact;
    return index[host.name];
  }

  void finish() {
    std::vector<std::uint32_t> order(ranked.size());
    std::iota(order.begin(), order.end(), 0U);
    std::sort(order.begin(), order.end(), [this](std::uint32_t a, std::uint32_t b) {
      const auto of_a = ranked[a].rank();
      const auto of_b = ranked[b].rank();
      return of_a != of_b ? of_a > of_b : a < b;
    });
    std::vector<std::uint32_t> place(ranked.size());
    set.candidates_.reserve(ranked.size());
    for (const std::uint32_t from : order) {
      place[from] = static_cast<std::uint32_t>(set.candidates_.size());
      set.candidates_.push_back(ranked[from].candidate);
    }
    for (const auto& [from, places] : targets) places->push_back(place[from]);
  }

  RuleSet& set;
  std::vector<Ranked> ranked;
  std::vector<std::pair<std::size_t, Places*>> targets;
};

RuleSet::RuleSet(std::vector<RulePtr> rules) : rules_(std::move(rules)) {
  std::sort(rules_.begin(), rules_.end(),
            [](const RulePtr& a, const RulePtr& b) { return a->rule().name < b->rule().name; });
  Maker maker(*this);
  for (std::uint32_t i = 0; i < rules_.size(); ++i) {
    needs_identity_ = needs_identity_ || rules_[i]->needs_identity();
    has_hosts_ = has_hosts_ || !rules_[i]->rule().match.hosts.empty();
    maker.add(i);
  }
  maker.finish();
}

void RuleSet::collect(const Hosts& hosts, const route::Host& host, Collected& into,
                      std::size_t& look_ups) {
  const auto add = [&into](const Places* some) {
    if (some != nullptr) into.insert(into.end(), some->begin(), some->end());
  };
  add(&hosts.any);
  add(hosts.exact.find(host.name, look_ups));
  if (hosts.below.empty()) return;
  const std::string_view name = host.name;
  for (std::size_t dot = name.find('.', 1); dot < name.size(); dot = name.find('.', dot + 1))
    add(hosts.below.find(name.substr(dot + 1), look_ups));
}

// The path itself, its parent, and so on up to the root.
void RuleSet::collect_path(std::string_view path, const route::Host& host, Collected& into,
                           std::size_t& look_ups) const {
  const auto take = [&](const Hosts& hosts) {
    collect(hosts, host, into, look_ups);
    return false;
  };
  if (const Hosts* hosts = exact_.find(path, look_ups)) take(*hosts);
  if (!path.empty())
    if (const Hosts* hosts = one_more_.find(path.substr(0, path.rfind('/')), look_ups))
      take(*hosts);
  all_below_.walk(path, look_ups, take);
}

// What a server could take the path for; a request is counted by every one of them. The endpoint
// is the reading that tells least apart, so that "/buy;1" and "/buy;2" count as one.
void RuleSet::collect_all(const RuleRequest& request, const route::Host& host, Collected& into,
                          FoundRules& found) const {
  if (route::is_read(request.path)) {
    collect_path(request.path, host, into, found.look_ups);
    found.endpoint = request.path;
  } else {
    std::vector<std::string> seen;
    const auto readings = route::readings_of(request.path);
    for (const route::Reading& reading : readings) {
      const auto read = route::read_path(request.path, reading);
      if (!read) continue;
      found.endpoint = without_own(*read);
      if (std::find(seen.begin(), seen.end(), found.endpoint) != seen.end()) continue;
      collect_path(found.endpoint, host, into, found.look_ups);
      if (readings.size() > 1) seen.push_back(found.endpoint);
    }
    if (found.endpoint.empty()) found.endpoint = "/";
  }
  const auto collect_route = [&](std::string_view name) {
    if (const Hosts* hosts = any_path_.find(name, found.look_ups))
      collect(*hosts, host, into, found.look_ups);
  };
  collect_route("");
  if (!request.route.empty()) collect_route(request.route);
}

bool RuleSet::applies(const Candidate& candidate, const RuleRequest& request,
                      const route::Host& host) const {
  const CompiledRule& compiled = *rules_[candidate.rule];
  const Rule& rule = compiled.rule();
  if (!compiled.is_on(request.now) || !route::method_matches(rule.match.methods, request.method))
    return false;
  const auto& routes = rule.match.routes;
  if (!routes.empty() && std::find(routes.begin(), routes.end(), request.route) == routes.end())
    return false;
  if (candidate.host.find(':') != std::string_view::npos) {
    const std::string port = route::read_host(candidate.host).port;
    if (!port.empty() && port != host.port) return false;
  }
  return headers_match(rule.match.headers, request.headers);
}

void RuleSet::find(const RuleRequest& request, FoundRules& found) const {
  found.rules.clear();
  found.endpoint.clear();
  found.look_ups = 0;
  const route::Host host = has_hosts_ ? route::read_host(request.host) : route::Host();
  Collected places;
  collect_all(request, host, places, found);
  std::sort(places.begin(), places.end());
  Chosen chosen;
  for (const std::uint32_t place : places) {
    const Candidate& candidate = candidates_[place];
    const bool known = std::find(chosen.begin(), chosen.end(), candidate.rule) != chosen.end();
    if (!known && applies(candidate, request, host)) chosen.push_back(candidate.rule);
  }
  const bool only_fallbacks =
      std::all_of(chosen.begin(), chosen.end(), [&](auto i) { return rules_[i]->rule().fallback; });
  for (const std::uint32_t i : chosen) {
    const CompiledRule& rule = *rules_[i];
    if (rule.rule().fallback && !only_fallbacks) continue;
    const bool denied = rule.denies(request.client);
    if (denied || !rule.exempts(request.client)) found.rules.push_back({&rule, denied});
    if (rule.rule().stop) return;
  }
}

const CompiledRule* RuleSet::named(std::string_view name) const {
  const auto before = [](const RulePtr& rule, std::string_view wanted) {
    return rule->rule().name < wanted;
  };
  const auto found = std::lower_bound(rules_.begin(), rules_.end(), name, before);
  return found == rules_.end() || (*found)->rule().name != name ? nullptr : found->get();
}

}  // namespace doorward::limit
