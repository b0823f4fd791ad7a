// What the log bounds, and one file alone can already exceed: said by `check`, not by a start.
#include "app/config/load.hpp"
#include "app/config/problem.hpp"
#include "core/reserve/seat_map.hpp"
#include "core/tenant/tenant.hpp"
#include "engine/inventory_table.hpp"
#include "engine/room_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace doorward::app::config {
namespace {

// What a tenant has of something, with the place of the first that is too many.
struct Count {
  std::uint64_t number = 0;
  Place too_many;
};
using ByTenant = std::map<std::string, Count>;

std::uint64_t most_of(const Config& config, const std::string& tenant, std::uint64_t of_default,
                      std::uint32_t tenant::Settings::*bound) {
  const auto found = std::ranges::find(config.tenants, tenant, &TenantSettings::name);
  return found == config.tenants.end() ? of_default : found->settings.*bound;
}

class Bounds {
 public:
  Bounds(const Config& config, Problems& problems) : config_(config), problems_(problems) {}

  void rooms() {
    ByTenant counts;
    for (const RoomSettings& room : config_.rooms)
      count(counts, room.name, 1, room.at, engine::kMaxRooms, &tenant::Settings::rooms);
    say(counts, "rooms", engine::kMaxRooms, "max_rooms", &tenant::Settings::rooms);
    all("rooms", config_.rooms, engine::kMaxRooms);
  }
  void rules() {
    ByTenant counts;
    for (const RuleSettings& settings : config_.rules)
      count(counts, settings.rule.name, 1, settings.at, limit::kMaxRules, &tenant::Settings::rules);
    say(counts, "rules", limit::kMaxRules, "max_rules", &tenant::Settings::rules);
    all("rules", config_.rules, limit::kMaxRules);
  }
  void inventories() {
    ByTenant counts;
    std::uint64_t units = 0;
    for (const InventorySettings& one : config_.inventories) {
      if (!one.spec.is_map()) continue;
      const std::uint32_t own = reserve::SeatMap(one.spec).units();
      units += own;
      count(counts, one.name, own, one.at, UINT64_MAX, &tenant::Settings::units);
    }
    say(counts, "seats", UINT64_MAX, "max_units", &tenant::Settings::units);
    all("inventories", config_.inventories, engine::kMaxInventories);
    if (units > engine::kMaxMappedUnits)
      problems_.add_error({config_.inventories.back().at, "inventories",
                           fmt::format("expected at most {} seats of all maps together, found {}",
                                       engine::kMaxMappedUnits, units)});
  }
  void tenants() {
    all("tenants", config_.tenants, tenant::kMaxTenants);
    std::map<std::string, std::string> owners;
    for (const TenantSettings& tenant : config_.tenants)
      for (const ApiKeySettings& key : tenant.api_keys) {
        const auto [owner, is_new] = owners.emplace(key.sha256, tenant.name + "/" + key.name);
        if (!is_new)
          problems_.add_error(
              {key.at, fmt::format("tenants.{}.api_keys.{}", tenant.name, key.name),
               fmt::format("this is also the key \"{}\", and a key has one owner", owner->second)});
      }
  }

 private:
  void count(ByTenant& counts, const std::string& full, std::uint64_t add, const Place& at,
             std::uint64_t of_default, std::uint32_t tenant::Settings::*bound) {
    const std::string tenant(tenant::split(full).tenant);
    Count& one = counts[tenant];
    const std::uint64_t most = most_of(config_, tenant, of_default, bound);
    if (one.number <= most && one.number + add > most) one.too_many = at;
    one.number += add;
  }
  void say(const ByTenant& counts, const char* kind, std::uint64_t of_default, const char* setting,
           std::uint32_t tenant::Settings::*bound) {
    for (const auto& [tenant, one] : counts) {
      const std::uint64_t most = most_of(config_, tenant, of_default, bound);
      if (tenant.empty() || one.number <= most) continue;
      problems_.add_error(
          {one.too_many, fmt::format("tenants.{}.{}", tenant, setting),
           fmt::format("expected at most {} {} of the tenant, found {}", most, kind, one.number)});
    }
  }
  template <class Settings>
  void all(const char* path, const std::vector<Settings>& list, std::size_t most) {
    if (list.size() <= most) return;
    problems_.add_error({list[most].at, path,
                         fmt::format("expected at most {} {}, found {}", most, path, list.size())});
  }

  const Config& config_;
  Problems& problems_;
};

}  // namespace

void check_bounds(const Config& config, Problems& problems) {
  Bounds bounds(config, problems);
  bounds.rooms();
  bounds.rules();
  bounds.inventories();
  bounds.tenants();
}

}  // namespace doorward::app::config
