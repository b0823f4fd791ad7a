#include "api/admin/change.hpp"

#include "api/call.hpp"
#include "api/compat/gatekeeper/business.hpp"
#include "core/tenant/tenant.hpp"

#include <boost/json.hpp>

#include <optional>

namespace doorward::api::admin {
namespace {

namespace json = boost::json;

constexpr unsigned kCreated = 201;

// "/rooms/sale/pause" of "/v1/tenants/acme/admin/rooms/sale/pause"; empty: no admin call.
std::string_view below_admin(std::string_view path) {
  constexpr std::string_view kAdmin = "/admin/";
  const auto at = path.find(kAdmin);
  const bool is_ours = path.starts_with("/v1/") || path.starts_with("/.doorward/v1/");
  return is_ours && at != path.npos ? path.substr(at + kAdmin.size() - 1) : std::string_view();
}

struct Words {
  std::string_view made, changed, removed;
};

std::string_view of_room(std::string_view path) {
  const std::string_view act = path.substr(path.rfind('/') + 1);
  if (act == "open") return "a room was opened";
  if (act == "pause") return "a room was paused";
  if (act == "close") return "a room was closed";
  if (act == "bypass") return "a room was set to bypass";
  if (act == "draw") return "a room was drawn";
  return {};
}

std::optional<Words> words_for(const Call& call, std::string_view path) {
  if (path.starts_with("/rooms/"))
    return Words{"a room was created", "a room was changed", "a room was removed"};
  if (path == "/rules" || path.starts_with("/rules/"))
    return Words{"a rule was created", "a rule was changed", "a rule was removed"};
  if (path.starts_with("/inventories/"))
    return Words{"an inventory was created", "an inventory was changed",
                 "an inventory was removed"};
  if (path.ends_with("/keys") || !call.key.empty())
    return Words{"a tenant's key was created", "", "a tenant's key was removed"};
  if (path == "/tenants" || path.starts_with("/tenants/"))
    return Words{"a tenant was created", "a tenant was changed", "a tenant was removed"};
  return std::nullopt;
}

// Of what was made by POST the name is in the body alone, and in the answer.
std::string name_in(const edge::Response& answer) {
  boost::system::error_code failed;
  const json::value said = json::parse(answer.body, failed);
  const json::object* object = failed ? nullptr : said.if_object();
  const json::value* name = object == nullptr ? nullptr : object->if_contains("name");
  return name != nullptr && name->is_string() ? std::string(name->get_string()) : "";
}

std::string name_of(const Call& call, const edge::Response& answer) {
  if (!call.room.empty()) return call.room;
  if (!call.inventory.empty()) return call.inventory;
  if (!call.rule.empty()) return tenant::full_name(call.tenant, call.rule);
  const std::string own =
      call.key.empty() && answer.head.status == kCreated ? name_in(answer) : std::string(call.key);
  if (call.named.empty()) return tenant::full_name(call.tenant, own);
  return own.empty() ? std::string(call.named) : tenant::full_name(call.named, own);
}

std::string by_key(const Desk& desk, const Call& call, std::string_view header) {
  gateway::Places& places = desk.places;
  const auto key = gatekeeper::header(call.head(), header).value_or("");
  const auto owner = places.services().identities.api_keys().business_of(key, places.now());
  const bool known = owner && owner->key != nullptr;
  return "key " + tenant::full_name(call.tenant, known ? owner->key->name : "");
}

std::string by_whom(const Desk& desk, const Call& call) {
  if (call.by_key && !call.tenant.empty()) return by_key(desk, call, "X-API-Key");
  if (!call.change.empty() && !call.tenant.empty()) return by_key(desk, call, "business_id");
  if (has_admin_token(desk, call)) return "admin token";
  return session_of(desk, call) ? "session" : "loopback";
}

// What was done, and to what. Empty: nothing that is told.
struct Done {
  std::string_view what;
  std::string name;
};

Done done_natively(const Call& call, const edge::Response& answer) {
  const std::string_view path = below_admin(call.head().path);
  const auto words = path.empty() ? std::nullopt : words_for(call, path);
  if (!words) return {};
  const std::string_view method = call.head().method;
  const std::string_view act =
      method == "POST" && path.starts_with("/rooms/") ? of_room(path) : std::string_view();
  const std::string_view what = !act.empty()                     ? act
                                : method == "DELETE"             ? words->removed
                                : answer.head.status == kCreated ? words->made
                                                                 : words->changed;
  return {what, name_of(call, answer)};
}

}  // namespace

void tell_change(const Desk& desk, const Call& call, const edge::Response& answer) {
  const std::string_view method = call.head().method;
  const bool is_done = answer.head.status >= 200 && answer.head.status < 300 && !call.was_answered;
  if (!desk.options.on_change || !is_done || method == "GET" || method == "HEAD" ||
      method == "OPTIONS")
    return;
  const Done done =
      call.change.empty() ? done_natively(call, answer) : Done{call.change, call.changed};
  if (done.what.empty()) return;
  desk.options.on_change(
      {done.what, done.name, call.fields, by_whom(desk, call), call.client.address.to_string()});
}

}  // namespace doorward::api::admin
