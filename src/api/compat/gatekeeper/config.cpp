// The eight settings of a business, read and changed.
#include "api/admin/if_match.hpp"
#include "api/compat/gatekeeper/business.hpp"
#include "api/compat/gatekeeper/calls.hpp"
#include "api/compat/lax_number.hpp"
#include "api/compat/retry_key.hpp"

#include <fmt/format.h>
#include <boost/json.hpp>

namespace doorward::api::gatekeeper {
namespace {

namespace json = boost::json;
using engine::Status;
using std::chrono::seconds;
using Number = std::optional<std::uint64_t>;

constexpr std::span<const std::string_view> kNone;

// All that a business has, or what a call names of it.
struct Config {
  Number admission_limit;
  Number admission_frequency;
  Number jwt_expiry_seconds;
  Number ready_ttl_seconds;
  Number ip_enqueue_limit;
  Number ip_enqueue_limit_interval;
  Number ip_status_polling_limit;
  Number ip_status_polling_limit_interval;
};

struct Setting {
  const char* name;
  Number Config::*value;
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

void read_rule(const limit::RuleSet& rules, std::string_view name, Number& limit,
               Number& interval) {
  const limit::CompiledRule* rule = rules.named(name);
  if (rule == nullptr || rule->rule().quotas.empty()) return;
  const limit::Quota& quota = rule->rule().quotas.front().quota;
  limit = quota.limit;
  interval = whole_seconds(std::chrono::ceil<Millis>(quota.window));
}

Config config_of(const Desk& desk, const Business& business) {
  Config config;
  const auto entry = desk.shard().room(business.room);
  const room::Policy policy = entry ? entry->view.policy : default_policy();
  const room::Rate rate = policy.admit.value_or(*default_policy().admit);
  config.admission_limit = rate.count;
  config.admission_frequency = whole_seconds(rate.every);
  config.ready_ttl_seconds = whole_seconds(policy.session_ttl);
  const auto tenants = desk.shard().tenants();
  const tenant::Tenant* tenant = tenants->named(business.tenant);
  const tenant::Settings& settings = tenant != nullptr ? tenant->settings : business.settings;
  config.jwt_expiry_seconds = whole_seconds(settings.token_ttl);
  const auto rules = desk.shard().rules(business.tenant);
  read_rule(*rules, kEnqueueRule, config.ip_enqueue_limit, config.ip_enqueue_limit_interval);
  read_rule(*rules, kStatusRule, config.ip_status_polling_limit,
            config.ip_status_polling_limit_interval);
  return config;
}

json::object config_json(const Config& config) {
  json::object made;
  for (const Setting& setting : kSettings) made[setting.name] = (config.*setting.value).value_or(0);
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

// Of what is named: "admission_limit,ready_ttl_seconds".
std::string names_of(const Config& said) {
  std::string names;
  for (const Setting& setting : kSettings)
    if (said.*setting.value) names.append(names.empty() ? "" : ",").append(setting.name);
  return names;
}

// What is named is changed, and nothing else of what the operator set.
room::Policy changed(room::Policy policy, const Config& said) {
  if (said.admission_limit || said.admission_frequency) {
    room::Rate rate = policy.admit.value_or(*default_policy().admit);
    if (said.admission_limit) rate.count = static_cast<std::uint32_t>(*said.admission_limit);
    if (said.admission_frequency) rate.every = seconds(*said.admission_frequency);
    rate.rounds = true;
    policy.admit = rate;
  }
  if (said.ready_ttl_seconds) {
    policy.session_ttl = seconds(*said.ready_ttl_seconds);
    policy.renew = room::Renew::never;
  }
  return policy;
}

edge::Response taken_away() {
  return gateway::answer(gateway::refusal(Status::unavailable, kQueue));
}

edge::Response invalid(const Error& error) {
  return compat::invalid({{"", "value_error", error.what}});
}

admin::Step tenant_step(const Desk& desk, const Business& business, const Config& said) {
  const auto tenants = desk.shard().tenants();
  const tenant::Tenant* tenant = tenants->named(business.tenant);
  if (tenant == nullptr) return taken_away();
  engine::SetTenant command{business.tenant, tenant::Source::admin,
                            engine::SetTenant::Only::if_present, tenant->settings,
                            engine::digest_of(tenant->settings)};
  command.settings.token_ttl = seconds(*said.jwt_expiry_seconds);
  return command;
}

admin::Step room_step(const Desk& desk, const Business& business, const Config& said) {
  const auto entry = desk.shard().room(business.room);
  if (!entry) return taken_away();
  room::Policy policy = changed(entry->view.policy, said);
  if (const auto valid = room::validate(policy); valid.has_error()) return invalid(valid.error());
  return engine::ChangeRoom{business.room, entry->view.policy, std::move(policy)};
}

admin::Step rule_step(const Desk& desk, const Business& business, std::string_view name,
                      Number limit, Number interval) {
  const auto rules = desk.shard().rules(business.tenant);
  const limit::CompiledRule* present = rules->named(name);
  if (present == nullptr) return taken_away();
  limit::Rule rule = present->rule();
  set_interval(rule, limit, interval);
  if (const auto valid = limit::validate(rule); valid.has_error()) return invalid(valid.error());
  rule.name = tenant::full_name(business.tenant, name);
  return engine::SetRule{std::move(rule), limit::RuleSource::admin,
                         engine::SetRule::Only::if_present, engine::digest_of(present->rule())};
}

// A command for each part of which anything is named.
std::vector<admin::NextStep> steps_for(const Desk& desk, const Business& business,
                                       const Config& said) {
  std::vector<admin::NextStep> steps;
  if (said.jwt_expiry_seconds)
    steps.emplace_back([&] { return tenant_step(desk, business, said); });
  if (said.admission_limit || said.admission_frequency || said.ready_ttl_seconds)
    steps.emplace_back([&] { return room_step(desk, business, said); });
  const auto add_rule = [&](std::string_view name, Number limit, Number interval) {
    if (limit || interval)
      steps.emplace_back([&desk, &business, name, limit, interval] {
        return rule_step(desk, business, name, limit, interval);
      });
  };
  add_rule(kEnqueueRule, said.ip_enqueue_limit, said.ip_enqueue_limit_interval);
  add_rule(kStatusRule, said.ip_status_polling_limit, said.ip_status_polling_limit_interval);
  return steps;
}

}  // namespace

edge::Task<Answer> read_config(Desk& desk, Call& call, std::string_view) {
  const auto business = co_await find_business(desk, call, kNone);
  if (business.has_error()) co_return business.error();
  const Config config = config_of(desk, **business);
  co_return json_answer(200, json::object{{"message", "Configuration retrieved successfully"},
                                          {"updated_config", config_json(config)}});
}

edge::Task<Answer> change_config(Desk& desk, Call& call, std::string_view) {
  const auto found = co_await find_business(desk, call, kNone);
  if (found.has_error()) co_return found.error();
  const Business& business = **found;
  const auto body = co_await compat::read_value(call);
  if (body.has_error()) co_return body.error();
  call.tenant = call.changed = business.tenant;
  Retry retry(desk, call, compat::retry_key(call, compat::KeyScope::user));
  if (retry.answer) co_return std::move(retry.answer);
  Config said;
  const compat::Faults faults = read(*body, said);
  if (!faults.empty()) co_return compat::invalid(faults);
  call.fields = names_of(said);
  const auto steps = steps_for(desk, business, said);
  if (steps.empty()) call.change = {};  // nothing to tell of
  for (const admin::NextStep& step : steps) {
    const admin::Done done = co_await admin::do_next(desk, step);
    if (done.has_error()) co_return done.error();
    if (done->status != Status::done && done->status != Status::already)
      co_return gateway::answer(gateway::refusal(done->status, kQueue));
  }
  co_return retry.kept(
      json_answer(200, json::object{{"message", "Configuration updated successfully"},
                                    {"updated_config", config_json(config_of(desk, business))}}));
}

}  // namespace doorward::api::gatekeeper
