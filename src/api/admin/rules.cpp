#include "api/admin/admin.hpp"
#include "api/admin/if_match.hpp"
#include "core/tenant/tenant.hpp"
#include "wire/rule_json.hpp"

#include <fmt/format.h>
#include <boost/json.hpp>

namespace doorward::api::admin {
namespace {

namespace json = boost::json;
namespace problems = gateway::problems;
using engine::SetRule;
using engine::Status;
using limit::Rule;
using limit::RuleEntry;
using Only = SetRule::Only;

constexpr std::span<const std::string_view> kAnyMember;
constexpr std::string_view kNotRenamed =
    "name: is not that of the path; a rule is not renamed, but made anew";

std::string etag(const Rule& rule) { return etag_of(wire::rule_to_json(rule)); }

std::optional<RuleEntry> find(const Desk& desk, const Call& call, std::string_view name) {
  const auto rules = desk.shard().rules(call.tenant);
  const limit::CompiledRule* rule = rules->named(name);
  return rule == nullptr ? std::nullopt : std::optional(rule->entry());
}

std::string location_of(const Call& call, const std::string& name) {
  const bool has_scope = call.head().path.find("/tenants/") != std::string::npos;
  return has_scope ? fmt::format("/v1/tenants/{}/admin/rules/{}", call.tenant, name)
                   : "/v1/admin/rules/" + name;
}

edge::Response rule_answer(unsigned status, const RuleEntry& entry, const Call& call) {
  edge::Response response = json_answer(status, wire::rule_entry_to_json(entry));
  response.head.fields.append("ETag", etag(entry.rule));
  if (status == 201) response.head.fields.append("Location", location_of(call, entry.rule.name));
  return response;
}

edge::Response refused(Status status, std::string_view name) {
  if (status == Status::no_such_rule)
    return gateway::answer(problems::kNoRule, fmt::format("There is no rule \"{}\".", name));
  if (status == Status::rule_exists)
    return gateway::answer(
        problems::kRuleExists,
        fmt::format("There is a rule \"{}\" already; change it by PUT or PATCH.", name));
  if (status == Status::too_many_rules)
    return gateway::answer(
        problems::kTooManyRules,
        fmt::format("There are {} rules, and no more are kept; remove one.", limit::kMaxRules));
  return gateway::answer(gateway::refusal(status, name));
}

std::optional<edge::Response> refuse_other(const Call& call,
                                           const std::optional<RuleEntry>& entry) {
  return refuse_changed(call, entry ? std::optional(etag(entry->rule)) : std::nullopt);
}

// What an answer tells besides the rule may be sent back, and says nothing.
json::object without_record(json::object body) {
  for (const char* member : {"id", "source", "created_at", "updated_at"}) body.erase(member);
  return body;
}

SetRule command_for(const Call& call, Rule rule, Only only) {
  rule.name = tenant::full_name(call.tenant, rule.name);
  return {std::move(rule), limit::RuleSource::admin, only};
}

edge::Response set_answer(const Desk& desk, const Call& call, std::string_view name, Status status,
                          bool is_new) {
  if (status != Status::done && status != Status::already) return refused(status, name);
  const auto entry = find(desk, call, name);
  if (!entry) return refused(Status::no_such_rule, name);  // removed by another since
  return rule_answer(is_new ? 201 : 200, *entry, call);
}

// A rule for the name in the path: made of the body, and with `if_present` of the rule as it is.
edge::Task<Answer> change_rule(Desk& desk, Call& call, Only only) {
  const Body body = co_await read_body(call, kAnyMember);
  if (body.has_error()) co_return gateway::answer(body.error());
  bool is_new = false;
  const NextStep next = [&]() -> Step {
    const auto entry = find(desk, call, call.rule);
    is_new = !entry;
    if (is_new && only == Only::if_present) return refused(Status::no_such_rule, call.rule);
    if (auto changed = refuse_other(call, entry)) return std::move(*changed);
    Rule base = only == Only::if_present ? entry->rule : Rule();
    base.name = call.rule;
    auto rule = wire::rule_from_json(without_record(*body), std::move(base));
    if (rule.has_error()) return gateway::answer(problems::kInvalid, rule.error().what);
    if (rule->name != call.rule) return gateway::answer(problems::kInvalid, kNotRenamed);
    SetRule command = command_for(call, std::move(*rule), only);
    if (only == Only::if_present)
      command.seen = engine::digest_of(entry->rule);
    else if (entry)
      command.seen = seen_if_matched(call, entry->rule);
    return command;
  };
  const Done done = co_await do_next(desk, next);
  if (done.has_error()) co_return done.error();
  co_return set_answer(desk, call, call.rule, done->status, is_new);
}

}  // namespace

edge::Task<Answer> list_rules(Desk& desk, Call& call) {
  if (auto no_admin = refuse_manager(desk, call)) co_return std::move(*no_admin);
  json::array list;
  const auto rules = desk.shard().rules(call.tenant);  // kept while it is walked
  for (const limit::RulePtr& rule : rules->rules())
    list.push_back(wire::rule_entry_to_json(rule->entry()));
  co_return json_answer(200, json::object{{"rules", std::move(list)}});
}

edge::Task<Answer> add_rule(Desk& desk, Call& call) {
  if (auto no_admin = refuse_manager(desk, call)) co_return std::move(*no_admin);
  const Body body = co_await read_body(call, kAnyMember);
  if (body.has_error()) co_return gateway::answer(body.error());
  Retry retry(desk, call);
  if (retry.answer) co_return std::move(retry.answer);
  auto rule = wire::rule_from_json(without_record(*body));
  if (rule.has_error()) co_return gateway::answer(problems::kInvalid, rule.error().what);
  const std::string name = rule->name;
  engine::Command command = command_for(call, std::move(*rule), Only::if_absent);
  const auto outcome = co_await gateway::await_shard(desk.shard(), std::move(command));
  if (outcome.has_error()) co_return retry.kept(gateway::answer(gateway::refusal(outcome.error())));
  co_return retry.kept(set_answer(desk, call, name, outcome->status, true));
}

edge::Task<Answer> read_rule(Desk& desk, Call& call) {
  if (auto no_admin = refuse_manager(desk, call)) co_return std::move(*no_admin);
  const auto entry = find(desk, call, call.rule);
  co_return entry ? rule_answer(200, *entry, call) : refused(Status::no_such_rule, call.rule);
}

edge::Task<Answer> put_rule(Desk& desk, Call& call) {
  if (auto no_admin = refuse_manager(desk, call)) co_return std::move(*no_admin);
  co_return co_await change_rule(desk, call, Only::always);
}

edge::Task<Answer> patch_rule(Desk& desk, Call& call) {
  if (auto no_admin = refuse_manager(desk, call)) co_return std::move(*no_admin);
  co_return co_await change_rule(desk, call, Only::if_present);
}

edge::Task<Answer> remove_rule(Desk& desk, Call& call) {
  if (auto no_admin = refuse_manager(desk, call)) co_return std::move(*no_admin);
  const NextStep next = [&]() -> Step {
    const auto entry = find(desk, call, call.rule);
    if (auto changed = refuse_other(call, entry)) return std::move(*changed);
    engine::RemoveRule command{tenant::full_name(call.tenant, call.rule)};
    if (entry) command.seen = seen_if_matched(call, entry->rule);
    return command;
  };
  const Done done = co_await do_next(desk, next);
  if (done.has_error()) co_return done.error();
  if (done->status != Status::done) co_return refused(done->status, call.rule);
  co_return no_content();
}

}  // namespace doorward::api::admin
