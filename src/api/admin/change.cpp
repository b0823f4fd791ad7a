#include "api/admin/change.hpp"

#include "api/call.hpp"
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

std::string by_whom(const Desk& desk, const Call& call) {
  if (call.by_key && !call.tenant.empty()) {
    gateway::Places& places = desk.places;
    const auto key = call.head().fields.find("X-API-Key");
    const auto owner =
        places.services().identities.api_keys().owner_of(key.value_or(""), places.now());
    const bool known = owner && owner->key != nullptr;
    return "key " + tenant::full_name(call.tenant, known ? owner->key->name : "");
  }
  if (has_admin_token(desk, call)) return "admin token";
  return session_of(desk, call) ? "session" : "loopback";
}

}  // namespace

void tell_change(const Desk& desk, const Call& call, const edge::Response& answer) {
  const wire::RequestHead& head = call.head();
  const bool is_done = answer.head.status >= 200 && answer.head.status < 300;
  if (!desk.options.on_change || !is_done || head.method == "GET" || head.method == "HEAD" ||
      head.method == "OPTIONS")
    return;
  const std::string_view path = below_admin(head.path);
  const auto words = path.empty() ? std::nullopt : words_for(call, path);
  if (!words) return;
  const std::string_view act =
      head.method == "POST" && path.starts_with("/rooms/") ? of_room(path) : "";
  const std::string_view what = !act.empty()                     ? act
                                : head.method == "DELETE"        ? words->removed
                                : answer.head.status == kCreated ? words->made
                                                                 : words->changed;
  desk.options.on_change({what, name_of(call, answer), call.fields, by_whom(desk, call),
                          call.client.address.to_string()});
}

}  // namespace doorward::api::admin
