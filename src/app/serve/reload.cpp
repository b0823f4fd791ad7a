#include "app/serve/reload.hpp"

namespace doorward::app {
namespace {

using namespace config;

template <auto First, auto... Rest, class From>
const auto& at(const From& from) {
  if constexpr (sizeof...(Rest) == 0) {
    return from.*First;
  } else {
    return at<Rest...>(from.*First);
  }
}

template <auto... Path>
bool same(const Config& a, const Config& b) {
  return at<Path...>(a) == at<Path...>(b);
}

struct Setting {
  const char* key;
  bool (*same)(const Config&, const Config&);
};

constexpr Setting kSettings[] = {
    {"listen", &same<&Config::listen>},
    {"data", &same<&Config::data>},
    {"threads", &same<&Config::threads>},
    {"log.kind", &same<&Config::log, &LogSettings::kind>},
    {"log.redis", &same<&Config::log, &LogSettings::redis>},
    {"log.name", &same<&Config::log, &LogSettings::name>},
    {"log.keep_records", &same<&Config::log, &LogSettings::keep_records>},
    {"log.remember_closed", &same<&Config::log, &LogSettings::remember_closed>},
    {"log.snapshot_every", &same<&Config::log, &LogSettings::snapshot_every>},
    {"admin.listen", &same<&Config::admin, &AdminSettings::listen>},
    {"admin.token", &same<&Config::admin, &AdminSettings::token>},
    {"admin.open_on_loopback", &same<&Config::admin, &AdminSettings::open_on_loopback>},
    {"redis_listen.address", &same<&Config::redis_listen, &RedisListenSettings::address>},
    {"redis_listen.password", &same<&Config::redis_listen, &RedisListenSettings::password>},
    {"redis_listen.connections", &same<&Config::redis_listen, &RedisListenSettings::connections>},
    {"redis_listen.idle", &same<&Config::redis_listen, &RedisListenSettings::idle>},
    {"tokens.algorithm", &same<&Config::tokens, &TokenSettings::algorithm>},
    {"tokens.issuer", &same<&Config::tokens, &TokenSettings::issuer>},
    {"tokens.pass_ttl", &same<&Config::tokens, &TokenSettings::pass_ttl>},
    {"tokens.keys", &same<&Config::tokens, &TokenSettings::keys>},
    {"identity.issuers", &same<&Config::identity, &IdentitySettings::issuers>},
    {"identity.api_keys", &same<&Config::identity, &IdentitySettings::api_keys>},
    {"limits.head_bytes", &same<&Config::limits, &LimitSettings::head_bytes>},
    {"limits.body_bytes", &same<&Config::limits, &LimitSettings::body_bytes>},
    {"counters.bytes", &same<&Config::counters, &CounterSettings::bytes>},
    {"counters.keep_idle", &same<&Config::counters, &CounterSettings::keep_idle>},
    {"counters.clean_every", &same<&Config::counters, &CounterSettings::clean_every>},
    {"counters.save_every", &same<&Config::counters, &CounterSettings::save_every>},
    {"compat.wait_queue", &same<&Config::compat, &CompatSettings::wait_queue>},
    {"compat.train_reservation", &same<&Config::compat, &CompatSettings::train_reservation>},
    {"compat.ticketing_gateway", &same<&Config::compat, &CompatSettings::ticketing_gateway>},
    {"compat.gatekeeper", &same<&Config::compat, &CompatSettings::gatekeeper>},
    {"compat.rate_limiter", &same<&Config::compat, &CompatSettings::rate_limiter>},
    {"limits.queued_commands", &same<&Config::limits, &LimitSettings::queued_commands>},
};

}  // namespace

std::vector<std::string> read_at_start() {
  std::vector<std::string> keys;
  for (const Setting& setting : kSettings) keys.emplace_back(setting.key);
  return keys;
}

std::vector<std::string> needs_restart(const Config& now, const Config& next) {
  std::vector<std::string> keys;
  for (const Setting& setting : kSettings) {
    if (!setting.same(now, next)) keys.emplace_back(setting.key);
  }
  return keys;
}

}  // namespace doorward::app
