#include "api/admin/if_match.hpp"
#include "api/compat/rate_limiter/calls.hpp"
#include "api/compat/retry_key.hpp"

#include "wire/json_text.hpp"

#include <fmt/format.h>
#include <boost/json.hpp>

#include <algorithm>

namespace doorward::api::rate_limiter {
namespace {

namespace json = boost::json;
using engine::SetRule;
using engine::Status;

constexpr std::string_view kNotFound = "Configuration not found";
constexpr std::string_view kExists = "Configuration for this endpoint already exists";

struct Found {
  limit::RuleEntry entry;
  Config config;
};

std::vector<Found> configs(const Desk& desk) {
  std::vector<Found> list;
  const auto rules = desk.shard().rules();  // kept while it is walked: another may take its place
  for (const limit::RulePtr& rule : rules->rules())
    if (auto config = config_of(rule->rule())) list.push_back({rule->entry(), *std::move(config)});
  std::sort(list.begin(), list.end(),
            [](const Found& a, const Found& b) { return a.entry.id < b.entry.id; });
  return list;
}

std::optional<Found> find(const Desk& desk, std::string_view endpoint) {
  for (Found& found : configs(desk))
    if (same_endpoint(found.config.endpoint, endpoint)) return std::move(found);
  return std::nullopt;
}

// Why an endpoint is without a configuration that could be changed, or made: its rule is there, but
// a native call narrowed it, or gave it more than a configuration can say.
edge::Response none_of(const Desk& desk, std::string_view endpoint) {
  const std::string name = rule_name(endpoint);
  const auto rules = desk.shard().rules();
  if (rules->named(name) == nullptr) return detail(404, kNotFound);
  return detail(409, fmt::format("The rule of this endpoint says more than a configuration can; "
                                 "change or remove it at /v1/admin/rules/{}",
                                 name));
}

edge::Response unwritten(Status status, std::string_view name) {
  if (status == Status::no_such_rule) return detail(404, kNotFound);
  if (status == Status::too_many_rules) return detail(409, "There are too many configurations");
  return gateway::answer(gateway::refusal(status, name));
}

void note_names(Call& call, const json::value& body) {
  if (body.is_object()) call.fields = names_of(body.get_object());
}

Faults read(const json::value& body, Needed needed, Config& config) {
  if (body.is_object()) return read_config(body.get_object(), needed, config);
  return {{"", "model_attributes_type", "Input should be a valid dictionary"}};
}

}  // namespace

edge::Task<Answer> list_configs(Desk& desk, Call& call, std::string_view) {
  if (auto no_admin = refuse_admin(desk, call)) co_return std::move(*no_admin);
  json::array list;
  for (const Found& found : configs(desk)) list.push_back(config_json(found.entry, found.config));
  co_return json_answer(200, wire::json_text(list));
}

edge::Task<Answer> add_config(Desk& desk, Call& call, std::string_view) {
  if (auto no_admin = refuse_admin(desk, call)) co_return std::move(*no_admin);
  const auto body = co_await compat::read_value(call);
  if (body.has_error()) co_return body.error();
  note_names(call, *body);
  Retry retry(desk, call, compat::retry_key(call, compat::KeyScope::user));
  if (retry.answer) co_return std::move(retry.answer);
  Config config;
  Faults faults = read(*body, Needed::all, config);
  if (!faults.empty()) co_return invalid(faults);
  limit::Rule rule = new_rule(config);
  faults = faults_of(rule, config);
  if (!faults.empty()) co_return invalid(faults);
  if (find(desk, config.endpoint)) co_return detail(409, kExists);
  call.changed = rule.name;
  engine::Command command =
      SetRule{std::move(rule), limit::RuleSource::admin, SetRule::Only::if_absent};
  const auto outcome = co_await gateway::await_shard(desk.shard(), std::move(command));
  if (outcome.has_error()) co_return gateway::answer(gateway::refusal(outcome.error()));
  if (outcome->status == Status::rule_exists)
    co_return find(desk, config.endpoint) ? detail(409, kExists) : none_of(desk, config.endpoint);
  if (outcome->status != Status::done) co_return unwritten(outcome->status, call.changed);
  const auto made = find(desk, config.endpoint);
  co_return retry.kept(json_answer(
      200, json::object{{"message", "Configuration created successfully"},
                        {"id", made ? json::value(made->entry.id) : json::value(nullptr)}}));
}

edge::Task<Answer> change_config(Desk& desk, Call& call, std::string_view rest) {
  if (auto no_admin = refuse_admin(desk, call)) co_return std::move(*no_admin);
  if (!find(desk, endpoint_of(rest))) co_return none_of(desk, endpoint_of(rest));
  const auto body = co_await compat::read_value(call);
  if (body.has_error()) co_return body.error();
  note_names(call, *body);
  // Of what there is at the very moment, so that nothing that another did is undone.
  const admin::NextStep next = [&]() -> admin::Step {
    auto found = find(desk, endpoint_of(rest));
    if (!found) return none_of(desk, endpoint_of(rest));
    call.changed = found->entry.rule.name;
    Config& config = found->config;
    Faults faults = read(*body, Needed::none, config);
    if (!faults.empty()) return invalid(faults);
    limit::Rule rule = rule_of(config, found->entry.rule);
    faults = faults_of(rule, config);
    if (!faults.empty()) return invalid(faults);
    return SetRule{std::move(rule), limit::RuleSource::admin, SetRule::Only::if_present,
                   engine::digest_of(found->entry.rule)};
  };
  const admin::Done done = co_await admin::do_next(desk, next);
  if (done.has_error()) co_return done.error();
  if (done->status != Status::done && done->status != Status::already)
    co_return unwritten(done->status, rest);
  co_return json_answer(200, json::object{{"message", "Configuration updated successfully"}});
}

edge::Task<Answer> remove_config(Desk& desk, Call& call, std::string_view rest) {
  if (auto no_admin = refuse_admin(desk, call)) co_return std::move(*no_admin);
  const admin::NextStep next = [&]() -> admin::Step {
    const auto found = find(desk, endpoint_of(rest));
    if (!found) return none_of(desk, endpoint_of(rest));
    call.changed = found->entry.rule.name;
    return engine::RemoveRule{found->entry.rule.name, engine::digest_of(found->entry.rule)};
  };
  const admin::Done done = co_await admin::do_next(desk, next);
  if (done.has_error()) co_return done.error();
  if (done->status != Status::done) co_return unwritten(done->status, rest);
  co_return json_answer(200, json::object{{"message", "Configuration deleted successfully"}});
}

}  // namespace doorward::api::rate_limiter
