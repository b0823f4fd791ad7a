#include "api/router.hpp"

#include "api/admin/admin.hpp"
#include "api/native/native.hpp"
#include "api/native/reservations.hpp"

#include <array>

namespace doorward::api {
namespace {

constexpr Entry kEntries[] = {
    {"POST", "/rooms/{room}/tickets", join},
    {"GET", "/rooms/{room}/tickets/self", read_self, read_self_now},
    {"DELETE", "/rooms/{room}/tickets/self", leave},
    {"POST", "/rooms/{room}/tickets/self/leave", leave_page},
    {"GET", "/rooms/{room}/tickets/self/events", events},
    {"GET", "/rooms/{room}/tickets/self/socket", socket},
    {"GET", "/rooms/{room}", room_status},
    {"POST", "/passes/verify", verify_pass},
    {"DELETE", "/sessions/{ticket}", finish_session},
    {"POST", "/limits/check", check_limits},
    {"POST", "/limits/reset", reset_limits},
    {"GET", "/inventories/{inventory}", read_inventory},
    {"GET", "/inventories/{inventory}/seats", read_seats},
    {"GET", "/inventories/{inventory}/seats/events", seat_events},
    {"POST", "/inventories/{inventory}/holds", make_hold},
    {"GET", "/inventories/{inventory}/holds/{hold}", read_hold},
    {"DELETE", "/inventories/{inventory}/holds/{hold}", release_hold},
    {"POST", "/inventories/{inventory}/holds/{hold}/extend", extend_hold},
    {"POST", "/inventories/{inventory}/holds/{hold}/confirm", confirm_hold},
    {"GET", "/locks/{lock}", read_lock},
    {"POST", "/locks/{lock}", acquire_lock},
    {"PUT", "/locks/{lock}", renew_lock},
    {"PATCH", "/locks/{lock}", renew_lock},
    {"DELETE", "/locks/{lock}", release_lock},
    {"GET", "/keys", keys},
    {"GET", "/openapi.json", openapi},
    {"POST", "/admin/session", admin::begin_session},
    {"GET", "/admin/session", admin::read_session},
    {"DELETE", "/admin/session", admin::end_session},
    {"POST", "/admin/probe", admin::probe},
    {"GET", "/admin/rooms", admin::list_rooms},
    {"GET", "/admin/rooms/{room}", admin::read_room},
    {"PUT", "/admin/rooms/{room}", admin::put_room},
    {"PATCH", "/admin/rooms/{room}", admin::patch_room},
    {"DELETE", "/admin/rooms/{room}", admin::remove_room},
    {"POST", "/admin/rooms/{room}/open", admin::open_room},
    {"POST", "/admin/rooms/{room}/pause", admin::pause_room},
    {"POST", "/admin/rooms/{room}/close", admin::close_room},
    {"POST", "/admin/rooms/{room}/bypass", admin::bypass_room},
    {"POST", "/admin/rooms/{room}/draw", admin::draw_room},
    {"GET", "/admin/inventories", admin::list_inventories},
    {"GET", "/admin/inventories/{inventory}", admin::read_inventory},
    {"PUT", "/admin/inventories/{inventory}", admin::put_inventory},
    {"PATCH", "/admin/inventories/{inventory}", admin::patch_inventory},
    {"DELETE", "/admin/inventories/{inventory}", admin::remove_inventory},
    {"GET", "/admin/stats", admin::read_stats},
    {"GET", "/admin/events", admin::watch_events},
    {"GET", "/admin/tenants", admin::list_tenants},
    {"POST", "/admin/tenants", admin::add_tenant},
    {"GET", "/admin/tenants/{tenant}", admin::read_tenant},
    {"PATCH", "/admin/tenants/{tenant}", admin::patch_tenant},
    {"DELETE", "/admin/tenants/{tenant}", admin::remove_tenant},
    {"POST", "/admin/tenants/{tenant}/keys", admin::add_key},
    {"DELETE", "/admin/tenants/{tenant}/keys/{key}", admin::remove_key},
    {"GET", "/admin/rules", admin::list_rules},
    {"POST", "/admin/rules", admin::add_rule},
    {"GET", "/admin/rules/{rule}", admin::read_rule},
    {"PUT", "/admin/rules/{rule}", admin::put_rule},
    {"PATCH", "/admin/rules/{rule}", admin::patch_rule},
    {"DELETE", "/admin/rules/{rule}", admin::remove_rule},
};

// Where others look for them.
struct Alias {
  std::string_view path;
  std::string_view entry;
};
constexpr Alias kAliases[] = {{"/.well-known/jwks.json", "/keys"},
                              {"/openapi.json", "/openapi.json"}};
constexpr std::string_view kBases[] = {"/v1", "/.doorward/v1"};

std::string_view below_base(std::string_view path) {
  for (const Alias& alias : kAliases)
    if (path == alias.path) return alias.entry;
  for (const std::string_view base : kBases)
    if (path.starts_with(base) && path.substr(base.size()).starts_with('/'))
      return path.substr(base.size());
  return {};
}

std::string_view take_segment(std::string_view& path) {
  path.remove_prefix(1);
  const std::string_view segment = path.substr(0, path.find('/'));
  path.remove_prefix(segment.size());
  return segment;
}

// "/tenants/acme/rooms" is "/rooms" of acme.
std::string_view take_scope(std::string_view& path) {
  constexpr std::string_view kTenants = "/tenants";
  if (!path.starts_with("/tenants/")) return {};
  std::string_view rest = path.substr(kTenants.size());
  const std::string_view tenant = take_segment(rest);
  if (!rest.starts_with('/')) return {};
  path = rest;
  return tenant;
}

// What there is once, and not for each tenant.
bool is_operators(std::string_view pattern) {
  if (pattern == "/openapi.json") return true;
  return pattern.starts_with("/admin/") && !pattern.starts_with("/admin/rooms") &&
         !pattern.starts_with("/admin/rules") && !pattern.starts_with("/admin/inventories");
}

bool matches(std::string_view pattern, std::string_view path, Found& found) {
  while (pattern.starts_with('/') && path.starts_with('/')) {
    const std::string_view wanted = take_segment(pattern);
    const std::string_view segment = take_segment(path);
    if (segment.empty()) return false;
    if (wanted == "{room}") {
      found.room = segment;
    } else if (wanted == "{ticket}") {
      found.ticket = segment;
    } else if (wanted == "{rule}") {
      found.rule = segment;
    } else if (wanted == "{inventory}") {
      found.inventory = segment;
    } else if (wanted == "{hold}") {
      found.hold = segment;
    } else if (wanted == "{lock}") {
      found.lock = segment;
    } else if (wanted == "{tenant}") {
      found.tenant = segment;
    } else if (wanted == "{key}") {
      found.key = segment;
    } else if (wanted != segment) {
      return false;
    }
  }
  return pattern.empty() && path.empty();
}

std::string_view method_of_table(std::string_view method) {
  return method == "HEAD" ? "GET" : method;
}

}  // namespace

std::span<const Entry> entries() { return kEntries; }

Found find_endpoint(std::string_view method, std::string_view path) {
  Found found;
  std::string_view rest = below_base(path);
  if (rest.empty()) return found;
  found.scope = take_scope(rest);
  const std::string_view wanted = method_of_table(method);
  for (const Entry& entry : kEntries) {
    if (!found.scope.empty() && is_operators(entry.path)) continue;
    if (!matches(entry.path, rest, found)) continue;
    if (entry.method == wanted) {
      found.endpoint = entry.endpoint;
      return found;
    }
    if (!found.allow.empty()) found.allow += ", ";
    found.allow += entry.method;
    if (entry.method == std::string_view("GET")) found.allow += ", HEAD";
  }
  return found;
}

Found find_quick(std::string_view method, std::string_view path) {
  Found found;
  const std::string_view rest = below_base(path);
  if (rest.empty()) return found;
  const std::string_view wanted = method_of_table(method);
  for (const Entry& entry : kEntries) {
    if (entry.quick == nullptr || entry.method != wanted || !matches(entry.path, rest, found))
      continue;
    found.endpoint = entry.endpoint;
    found.quick = entry.quick;
    break;
  }
  return found;
}

}  // namespace doorward::api
