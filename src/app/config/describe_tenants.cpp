#include "app/config/describe_tenants.hpp"

#include "app/config/address.hpp"
#include "app/config/describe_inventories.hpp"
#include "app/config/describe_rooms.hpp"
#include "app/config/describe_rules.hpp"
#include "app/config/form.hpp"

namespace doorward::app::config {
namespace {

using std::chrono::milliseconds;

const Text kKeyName{"a name: a-z, 0-9, '.', '_' or '-', 1 to 64 of them", tenant::kMaxKeyName,
                    tenant::is_valid_key_name};

void describe_limits(Form& form, tenant::Settings& settings) {
  form.field("max_waiting", settings.max_waiting,
             "Most waiting in all its rooms together. Absent: no such limit.",
             Range{1, room::kMaxPeople});
  form.group("calls", "How often it may call: with its API keys, and at its addresses.",
             [&](Form& g) {
               settings.calls.emplace();
               g.required("count", settings.calls->count, "Calls in one interval.",
                          Range{1, room::kMaxRateCount});
               g.field("every", settings.calls->every, "The interval.",
                       Within{milliseconds{100}, room::kMaxEvery});
             });
  form.field("max_rooms", settings.rooms, "Most rooms, and most inventories.",
             Range{1, tenant::kMaxOwn});
  form.field("max_rules", settings.rules, "Most rate rules.", Range{1, tenant::kMaxOwn});
  form.field("max_locks", settings.locks,
             "Most locks held at once, and most of its calls that wait for one.",
             Range{1, tenant::kMaxOwnLocks});
  form.field("max_units", settings.units, "Most seats in all its seat maps together.",
             Range{1, tenant::kMaxOwnUnits});
  form.field("max_holds", settings.holds,
             "Most holds, those counted that are over and still remembered.",
             Range{1, tenant::kMaxOwnUnits});
  form.field("token_ttl", settings.token_ttl,
             "How long a JWT of docs/migrate/gatekeeper.md is good.",
             Within{tenant::kMinTokenTtl, tenant::kMaxTokenTtl});
}

}  // namespace

void describe(Form& form, std::string_view name, TenantSettings& tenant, Config& config) {
  tenant.name = name;
  tenant.at = form.place("");
  form.list("api_keys", "Its API keys, made by `doorward token api-key NAME`.", [&](Form& item) {
    ApiKeySettings& key = tenant.api_keys.emplace_back();
    item.required("name", key.name, "Name of the key, as it is shown.", kKeyName);
    item.required("sha256", key.sha256, "SHA-256 of the key; the key itself is not kept.",
                  Text{"64 hexadecimal digits", 64, is_sha256, true});
    key.at = item.place("sha256");
  });
  describe_limits(form, tenant.settings);
  form.named("rooms", "NAME", "Its waiting rooms, as above; a route names one as `TENANT/NAME`.",
             [&](Form& item, std::string_view room) {
               RoomSettings& made = config.rooms.emplace_back();
               describe(item, room, made);
               made.name = tenant::full_name(name, room);
             });
  form.named("inventories", "NAME", "What it sells, as above.",
             [&](Form& item, std::string_view inventory) {
               InventorySettings& made = config.inventories.emplace_back();
               describe(item, inventory, made);
               made.name = tenant::full_name(name, inventory);
             });
  form.named("rules", "NAME", "Its rate limits, for its own routes, addresses and checks alone.",
             [&](Form& item, std::string_view rule) {
               RuleSettings& made = config.rules.emplace_back();
               describe(item, rule, made);
               made.rule.name = tenant::full_name(name, rule);
             });
  if (name != "TENANT" && !tenant::is_valid_name(name)) {
    form.fail("",
              "expected a tenant's name of 1 to 32 of a-z, 0-9, '.', '_', '-', beginning with a "
              "letter or a digit");
  }
  if (tenant.api_keys.size() > tenant::kMaxKeys) form.fail("api_keys", "expected at most 16 keys");
}

}  // namespace doorward::app::config
