#include "app/serve/explain.hpp"

#include "adapters/system/system_clock.hpp"
#include "adapters/system/system_entropy.hpp"
#include "app/serve/explain_rules.hpp"
#include "app/serve/materials.hpp"
#include "app/serve/secrets.hpp"
#include "app/serve/upstreams.hpp"
#include "engine/shard.hpp"
#include "gateway/issuer/fetch_keys.hpp"
#include "gateway/pages.hpp"
#include "gateway/pipeline.hpp"
#include "gateway/places.hpp"
#include "ports/memory/memory_log.hpp"
#include "wire/rfc3339.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <span>

namespace doorward::app {
namespace {

class Deaf final : public engine::Listener {
 public:
  void changed(std::span<const engine::TicketHandle>) override {}
  void rooms_changed(std::span<const std::uint32_t>) override {}
};

// Nobody is asked for anything.
class NoHttp final : public ports::OutboundHttp {
 public:
  void get(ports::HttpGet, Done done) override {
    done(error(Errc::unavailable, "nothing is fetched here"));
  }
};

std::vector<gateway::Issuer> issuers_with_uri(const config::Config& config,
                                              ports::OutboundHttp& http,
                                              const ports::Clock& clock) {
  std::vector<IssuerMaterial> materials;
  for (const auto& entry : config.identity.issuers)
    if (!entry.jwks_uri.empty())
      materials.push_back({{entry.issuer, "", nullptr}, {entry.jwks_uri}});
  return issuers_of(std::move(materials), http, clock, {});
}

Result<gateway::TokenOptions> keys_for_once() {
  using wire::jose::Algorithm;
  auto passes = wire::jose::Key::generate(Algorithm::es256, "once");
  auto tickets = wire::jose::Key::generate(Algorithm::hs256, "once-more");
  if (!passes) return passes.error();
  if (!tickets) return tickets.error();
  return gateway::split_keys(wire::jose::KeySet({*std::move(passes), *std::move(tickets)}));
}

// The rules are asked right after route, cors and keys, and where no route takes the request, too.
void put_after_route(std::string& lines, const std::string& rules) {
  std::size_t last = std::string::npos;
  for (const char* phase : {"\nroute: ", "\ncors: ", "\nfetch_keys: "})
    if (const auto found = lines.find(phase); found != std::string::npos) last = found;
  const auto end = last == std::string::npos ? lines.size() : lines.find('\n', last + 1) + 1;
  lines.insert(end, rules + "\n");
}

// As `config` is for this one request, so that what is told of it is decided.
config::Config for_request(const config::Config& config, std::string_view method,
                           std::string_view path) {
  config::Config decided = config;
  const bool is_open = route::covers(user_rule_of(config).open, path, method);
  decided.identity.required = config.identity.required && !is_open;
  decided.identity.open.clear();
  return decided;
}

// What the policy says of this very moment, if that is not what the gate does as a rule.
std::string now_of_room(const config::Config& config, const route::Route* route, LogTime now) {
  if (route == nullptr || route->room.empty()) return "";
  const auto room = std::ranges::find(config.rooms, route->room, &config::RoomSettings::name);
  if (room == config.rooms.end()) return "";
  const room::Policy& policy = room->policy;
  if (policy.mode == room::Mode::bypass)
    return fmt::format("note: room {} is in bypass, so everybody passes\n", room->name);
  if (policy.mode == room::Mode::closed || (policy.closes_at && *policy.closes_at <= now))
    return fmt::format("note: room {} is closed, so nobody goes in{}\n", room->name,
                       policy.mode == room::Mode::closed ? "" : "; closes_at is over");
  if (policy.mode == room::Mode::paused)
    return fmt::format("note: room {} is paused, so who comes waits, and none is let in\n",
                       room->name);
  if (policy.opens_at && *policy.opens_at > now)
    return fmt::format("note: room {} opens at {}; who comes before waits\n", room->name,
                       wire::format_rfc3339(*policy.opens_at));
  return "";
}

}  // namespace

Result<std::string> explain(const config::Config& config, std::string_view method,
                            std::string_view host, std::string_view target) {
  const std::string_view path = target.substr(0, target.find('?'));
  const adapters::SystemClock clock;
  adapters::SystemEntropy entropy;
  Deaf deaf;
  ports::MemoryLog log(clock);
  auto shard = engine::Shard::open(log, clock, entropy, deaf, {});
  if (!shard) return shard.error();
  auto options = keys_for_once();
  if (!options) return options.error();
  gateway::Tokens tokens(*std::move(options));
  NoHttp http;
  const gateway::Identities identities(
      {issuers_with_uri(config, http, clock), {}, draw_sip_key(entropy)}, tokens);
  gateway::Places places({**shard, clock, entropy, tokens, identities});
  gateway::Pages pages({});
  gateway::PipelineParts parts;
  parts.trusted = trusted_of(config);
  parts.routes = routes_of(config);
  UpstreamCountsByName counts;
  parts.fetch_keys = std::make_shared<gateway::FetchKeys>(identities);
  parts.cors = make_cors(config);
  parts.filters = make_filters(for_request(config, method, path), places, pages, 1, counts, "");
  const gateway::Pipeline pipeline(std::move(parts));
  const AskedRequest asked{method, host, path, pipeline.routes().find(host, path, method)};
  std::string lines = asked.route != nullptr ? pipeline.explain(method, host, path)
                                             : explain_no_route(config, asked) + "\n";
  put_after_route(lines, explain_rules(config, asked));
  if (const std::string note = explain_own_path(config, asked); !note.empty()) lines += note + "\n";
  return lines + now_of_room(config, asked.route, clock.wall_now());
}

}  // namespace doorward::app
