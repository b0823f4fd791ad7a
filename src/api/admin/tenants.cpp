#include "api/admin/admin.hpp"
#include "api/admin/if_match.hpp"
#include "core/tenant/tenant.hpp"
#include "wire/base64.hpp"
#include "wire/rfc3339.hpp"
#include "wire/tenant_json.hpp"

#include <fmt/format.h>
#include <boost/json.hpp>

#include <array>

namespace doorward::api::admin {
namespace {

namespace json = boost::json;
namespace problems = gateway::problems;
using engine::SetTenant;
using engine::Status;
using tenant::Tenant;
using Only = SetTenant::Only;

constexpr std::span<const std::string_view> kAnyMember;
constexpr std::string_view kKeyMembers[] = {"name"};
constexpr std::string_view kNameRule =
    "name: must be 1 to 32 of a-z, 0-9, '.', '_' and '-', beginning with a letter or a digit";
constexpr std::string_view kKeyNameRule =
    "name: must be 1 to 64 of a-z, 0-9, '.', '_' and '-', beginning with a letter or a digit";

json::object key_json(const Desk& desk, const tenant::ApiKey& key) {
  const auto used = desk.places.services().identities.api_keys().last_used(key.hash);
  json::object made{{"name", key.name},
                    {"created_at", wire::format_rfc3339(key.created_at)},
                    {"last_used_at", nullptr}};
  if (used) made["last_used_at"] = wire::format_rfc3339(*used);
  return made;
}

json::object tenant_json(const Desk& desk, const Tenant& tenant) {
  std::uint64_t waiting = 0;
  for (const engine::RoomEntry& room : desk.shard().rooms())
    if (tenant::split(room.name).tenant == tenant.name) waiting += room.view.waiting;
  json::array keys;
  for (const tenant::ApiKey& key : tenant.keys) keys.push_back(key_json(desk, key));
  return {{"name", tenant.name},
          {"source", tenant.source == tenant::Source::file ? "file" : "admin"},
          {"created_at", wire::format_rfc3339(tenant.created_at)},
          {"updated_at", wire::format_rfc3339(tenant.updated_at)},
          {"waiting", waiting},
          {"settings", wire::settings_to_json(tenant.settings)},
          {"keys", std::move(keys)}};
}

edge::Response refused(Status status, std::string_view tenant, std::string_view key = {}) {
  switch (status) {
    case Status::no_such_tenant:
      return gateway::answer(problems::kNoTenant,
                             fmt::format("There is no tenant \"{}\".", tenant));
    case Status::tenant_exists:
      return gateway::answer(
          problems::kTenantExists,
          fmt::format("There is a tenant \"{}\" already; change it by PATCH.", tenant));
    case Status::too_many_tenants:
      return gateway::answer(problems::kTooManyTenants,
                             fmt::format("There are {} tenants, and no more are kept; remove one.",
                                         tenant::kMaxTenants));
    case Status::no_such_key:
      return gateway::answer(problems::kNoKey, fmt::format("There is no key \"{}\".", key));
    case Status::key_exists:
      return gateway::answer(problems::kKeyExists,
                             fmt::format("There is a key \"{}\" already; remove it first.", key));
    case Status::too_many_keys:
      return gateway::answer(
          problems::kTooManyKeys,
          fmt::format("A tenant has at most {} keys; remove one.", tenant::kMaxKeys));
    default: return gateway::answer(gateway::refusal(status, ""));
  }
}

std::string drawn_key(const Desk& desk) {
  std::array<std::byte, 32> bytes{};
  desk.places.services().entropy.fill(bytes);
  return wire::base64url_encode({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

edge::Response set_answer(const Desk& desk, const std::string& name, Status status, bool is_new) {
  if (status != Status::done && status != Status::already) return refused(status, name);
  const auto tenants = desk.shard().tenants();
  const Tenant* made = tenants->named(name);
  if (made == nullptr) return refused(Status::no_such_tenant, name);  // removed by another since
  edge::Response response = json_answer(is_new ? 201 : 200, tenant_json(desk, *made));
  if (is_new) response.head.fields.append("Location", "/v1/admin/tenants/" + name);
  return response;
}

}  // namespace

edge::Task<Answer> list_tenants(Desk& desk, Call& call) {
  if (auto no_admin = refuse_admin(desk, call)) co_return std::move(*no_admin);
  json::array list;
  const auto tenants = desk.shard().tenants();
  for (const Tenant& tenant : tenants->all()) list.push_back(tenant_json(desk, tenant));
  co_return json_answer(200, json::object{{"tenants", std::move(list)}});
}

edge::Task<Answer> add_tenant(Desk& desk, Call& call) {
  if (auto no_admin = refuse_admin(desk, call)) co_return std::move(*no_admin);
  Body body = co_await read_body(call, kAnyMember);
  if (body.has_error()) co_return gateway::answer(body.error());
  Retry retry(desk, call);
  if (retry.answer) co_return std::move(retry.answer);
  std::optional<gateway::Refusal> problem;
  std::string name = text_member(*body, "name", problem);
  if (problem) co_return gateway::answer(*problem);
  if (!tenant::is_valid_name(name)) co_return gateway::answer(problems::kInvalid, kNameRule);
  body->erase("name");
  const auto settings = wire::settings_from_json(*body);
  if (settings.has_error()) co_return gateway::answer(problems::kInvalid, settings.error().what);
  engine::Command command = SetTenant{name, tenant::Source::admin, Only::if_absent, *settings};
  const auto outcome = co_await gateway::await_shard(desk.shard(), std::move(command));
  if (outcome.has_error()) co_return retry.kept(gateway::answer(gateway::refusal(outcome.error())));
  co_return retry.kept(set_answer(desk, name, outcome->status, true));
}

edge::Task<Answer> read_tenant(Desk& desk, Call& call) {
  if (auto no_admin = refuse_admin(desk, call)) co_return std::move(*no_admin);
  const auto tenants = desk.shard().tenants();
  const Tenant* found = tenants->named(call.named);
  if (found == nullptr) co_return refused(Status::no_such_tenant, call.named);
  co_return json_answer(200, tenant_json(desk, *found));
}

edge::Task<Answer> patch_tenant(Desk& desk, Call& call) {
  if (auto no_admin = refuse_admin(desk, call)) co_return std::move(*no_admin);
  const Body body = co_await read_body(call, kAnyMember);
  if (body.has_error()) co_return gateway::answer(body.error());
  const std::string name(call.named);
  const NextStep next = [&]() -> Step {
    const auto tenants = desk.shard().tenants();
    const Tenant* found = tenants->named(name);
    if (found == nullptr) return refused(Status::no_such_tenant, name);
    const auto settings = wire::settings_from_json(*body, found->settings);
    if (settings.has_error()) return gateway::answer(problems::kInvalid, settings.error().what);
    return SetTenant{name, tenant::Source::admin, Only::if_present, *settings,
                     engine::digest_of(found->settings)};
  };
  const Done done = co_await do_next(desk, next);
  if (done.has_error()) co_return done.error();
  co_return set_answer(desk, name, done->status, false);
}

edge::Task<Answer> remove_tenant(Desk& desk, Call& call) {
  if (auto no_admin = refuse_admin(desk, call)) co_return std::move(*no_admin);
  const std::string name(call.named);
  if (!tenant::is_valid_name(name)) co_return refused(Status::no_such_tenant, name);
  engine::Command command = engine::RemoveTenant{name};
  const auto outcome = co_await gateway::await_shard(desk.shard(), std::move(command));
  if (outcome.has_error()) co_return gateway::answer(gateway::refusal(outcome.error()));
  if (outcome->status != Status::done) co_return refused(outcome->status, name);
  co_return no_content();
}

edge::Task<Answer> add_key(Desk& desk, Call& call) {
  if (auto no_admin = refuse_admin(desk, call)) co_return std::move(*no_admin);
  const Body body = co_await read_body(call, kKeyMembers);
  if (body.has_error()) co_return gateway::answer(body.error());
  Retry retry(desk, call);
  if (retry.answer) co_return std::move(retry.answer);
  std::optional<gateway::Refusal> problem;
  const std::string name = text_member(*body, "name", problem);
  if (problem) co_return gateway::answer(*problem);
  if (!tenant::is_valid_key_name(name)) co_return gateway::answer(problems::kInvalid, kKeyNameRule);
  const auto tenants = desk.shard().tenants();
  const Tenant* found = tenants->named(call.named);
  if (found == nullptr) co_return refused(Status::no_such_tenant, call.named);
  for (const tenant::ApiKey& key : found->keys)
    if (key.name == name) co_return refused(Status::key_exists, call.named, name);
  const std::string key = drawn_key(desk);
  engine::Command command =
      engine::SetTenantKey{std::string(call.named), name, gateway::hash_of(key)};
  const auto outcome = co_await gateway::await_shard(desk.shard(), std::move(command));
  if (outcome.has_error()) co_return gateway::answer(gateway::refusal(outcome.error()));
  if (outcome->status != Status::done) co_return refused(outcome->status, call.named, name);
  co_return retry.kept(
      json_answer(201, json::object{{"tenant", call.named}, {"name", name}, {"key", key}}));
}

edge::Task<Answer> remove_key(Desk& desk, Call& call) {
  if (auto no_admin = refuse_admin(desk, call)) co_return std::move(*no_admin);
  if (!tenant::is_valid_name(call.named)) co_return refused(Status::no_such_tenant, call.named);
  if (!tenant::is_valid_key_name(call.key))
    co_return refused(Status::no_such_key, call.named, call.key);
  engine::Command command = engine::RemoveTenantKey{std::string(call.named), std::string(call.key)};
  const auto outcome = co_await gateway::await_shard(desk.shard(), std::move(command));
  if (outcome.has_error()) co_return gateway::answer(gateway::refusal(outcome.error()));
  if (outcome->status != Status::done) co_return refused(outcome->status, call.named, call.key);
  co_return no_content();
}

}  // namespace doorward::api::admin
