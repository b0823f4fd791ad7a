// The eight settings of a business, read and changed.
#include "api/compat/gatekeeper/business.hpp"
#include "api/compat/gatekeeper/calls.hpp"
#include "api/compat/lax_number.hpp"
#include "api/compat/retry_key.hpp"

#include <fmt/format.h>
#include <boost/json.hpp>

namespace doorward::api::gatekeeper {
namespace {

namespace json = boost::json;
using std::chrono::seconds;

constexpr std::span<const std::string_view> kNone;

struct Config {
  std::uint64_t admission_limit = 0;
  std::uint64_t admission_frequency = 0;
  std::uint64_t jwt_expiry_seconds = 0;
  std::uint64_t ready_ttl_seconds = 0;
  std::uint64_t ip_enqueue_limit = 0;
  std::uint64_t ip_enqueue_limit_interval = 0;
  std::uint64_t ip_status_polling_limit = 0;
  std::uint64_t ip_status_polling_limit_interval = 0;
};

struct Setting {
  const char* name;
  std::uint64_t Config::*value;
  std::uint64_t least;
  std::uint64_t most;
};

constexpr std::uint64_t kMostInterval =
    std::chrono::duration_cast<seconds>(limit::kMaxWindow).count();
// In the order of the original's answers.
constexpr Setting kSettings[] = {
    {"ip_enqueue_limit", &Config::ip_enqueue_limit, 1, limit::kMaxLimit},
    {"ip_enqueue_limit_interval", &Config::ip_enqueue_limit_interval, 1, kMostInterval},
    {"ip_status_polling_limit", &Config::ip_status_polling_limit, 1, limit::kMaxLimit},
    {"ip_status_polling_limit_interval", &Config::ip_status_polling_limit_interval, 1,
     kMostInterval},
    {"admission_limit", &Config::admission_limit, 1, room::kMaxRateCount},
    {"admission_frequency", &Config::admission_frequency, 1,
     std::chrono::duration_cast<seconds>(room::kMaxEvery).count()},
    {"jwt_expiry_seconds", &Config::jwt_expiry_seconds, 60, 600},
    {"ready_ttl_seconds", &Config::ready_ttl_seconds, 60, 3'600},
};

std::uint64_t whole_seconds(Millis time) {
  return static_cast<std::uint64_t>(std::chrono::ceil<seconds>(time).count());
}

void read_rule(const Desk& desk, const Business& business, std::string_view name,
               std::uint64_t& limit, std::uint64_t& interval) {
  const auto rules = desk.shard().rules(business.tenant);
  const limit::CompiledRule* rule = rules->named(name);
  if (rule == nullptr || rule->rule().quotas.empty()) return;
  const limit::Quota& quota = rule->rule().quotas.front().quota;
  limit = quota.limit;
  interval = whole_seconds(std::chrono::ceil<Millis>(quota.window));
}

Config config_of(const Desk& desk, const Business& business, const tenant::Settings& settings) {
  Config config;
  const auto entry = desk.shard().room(business.room);
  const room::Policy policy = entry ? entry->view.policy : default_policy();
  const room::Rate rate = policy.admit.value_or(*default_policy().admit);
  config.admission_limit = rate.count;
  config.admission_frequency = whole_seconds(rate.every);
  config.ready_ttl_seconds = whole_seconds(policy.session_ttl);
  config.jwt_expiry_seconds = whole_seconds(settings.token_ttl);
  read_rule(desk, business, kEnqueueRule, config.ip_enqueue_limit,
            config.ip_enqueue_limit_interval);
  read_rule(desk, business, kStatusRule, config.ip_status_polling_limit,
            config.ip_status_polling_limit_interval);
  return config;
}

json::object config_json(const Config& config) {
  json::object made;
  for (const Setting& setting : kSettings) made[setting.name] = config.*setting.value;
  return made;
}

void read_setting(const Setting& setting, const json::value& said, Config& config,
                  compat::Faults& faults) {
  const auto fail = [&](const char* type, std::string what) {
    faults.push_back({setting.name, type, std::move(what)});
  };
  auto read = compat::lax_integer(setting.name, said);
  if (read.has_error()) return faults.push_back(std::move(read.error()));
  const double number = *read;
  if (number < static_cast<double>(setting.least))
    return fail("greater_than_equal",
                fmt::format("Input should be greater than or equal to {}", setting.least));
  if (number > static_cast<double>(setting.most))
    return fail("less_than_equal",
                fmt::format("Input should be less than or equal to {}", setting.most));
  config.*setting.value = static_cast<std::uint64_t>(number);
}

// Members of other names are passed over, and null says nothing, as in the original.
compat::Faults read(const json::value& body, Config& config) {
  if (!body.is_object())
    return {{"", "model_attributes_type",
             "Input should be a valid dictionary or object to extract fields from"}};
  compat::Faults faults;
  for (const Setting& setting : kSettings) {
    const json::value* said = body.get_object().if_contains(setting.name);
    if (said != nullptr && !said->is_null()) read_setting(setting, *said, config, faults);
  }
  return faults;
}

std::vector<engine::Command> commands_for(const Desk& desk, const Business& business,
                                          tenant::Settings settings, const Config& config) {
  const auto entry = desk.shard().room(business.room);
  room::Policy policy = entry ? entry->view.policy : default_policy();
  policy.admit = in_rounds(config.admission_limit, seconds(config.admission_frequency));
  policy.session_ttl = seconds(config.ready_ttl_seconds);
  policy.renew = room::Renew::never;
  settings.token_ttl = seconds(config.jwt_expiry_seconds);
  const auto rule = [&](std::string_view name, std::uint64_t limit, std::uint64_t interval) {
    return engine::SetRule{rule_of(business.tenant, name, limit, seconds(interval))};
  };
  using Only = engine::SetTenant::Only;
  return {
      engine::SetTenant{business.tenant, tenant::Source::admin, Only::if_present, settings},
      engine::SetRoom{business.room, policy},
      rule(kEnqueueRule, config.ip_enqueue_limit, config.ip_enqueue_limit_interval),
      rule(kStatusRule, config.ip_status_polling_limit, config.ip_status_polling_limit_interval)};
}

}  // namespace

edge::Task<Answer> read_config(Desk& desk, Call& call, std::string_view) {
  const auto business = co_await find_business(desk, call, kNone);
  if (business.has_error()) co_return business.error();
  const Config config = config_of(desk, **business, (*business)->settings);
  co_return json_answer(200, json::object{{"message", "Configuration retrieved successfully"},
                                          {"updated_config", config_json(config)}});
}

edge::Task<Answer> change_config(Desk& desk, Call& call, std::string_view) {
  const auto found = co_await find_business(desk, call, kNone);
  if (found.has_error()) co_return found.error();
  const Business& business = **found;
  const auto body = co_await compat::read_value(call);
  if (body.has_error()) co_return body.error();
  call.tenant = business.tenant;
  Retry retry(desk, call, compat::retry_key(call, compat::KeyScope::user));
  if (retry.answer) co_return std::move(retry.answer);
  // Only now, so that a slow body undoes nothing that was done while it came.
  const auto tenants = desk.shard().tenants();
  const auto* tenant = tenants->named(business.tenant);
  const tenant::Settings settings = tenant != nullptr ? tenant->settings : business.settings;
  Config config = config_of(desk, business, settings);
  const compat::Faults faults = read(*body, config);
  if (!faults.empty()) co_return compat::invalid(faults);
  for (engine::Command& command : commands_for(desk, business, settings, config)) {
    const auto outcome = co_await gateway::await_shard(desk.shard(), std::move(command));
    if (outcome.has_error()) co_return gateway::answer(gateway::refusal(outcome.error()));
    if (outcome->status != engine::Status::done && outcome->status != engine::Status::already)
      co_return gateway::answer(gateway::refusal(outcome->status, kQueue));
  }
  co_return retry.kept(
      json_answer(200, json::object{{"message", "Configuration updated successfully"},
                                    {"updated_config", config_json(config)}}));
}

}  // namespace doorward::api::gatekeeper
