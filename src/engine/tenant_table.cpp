#include "engine/tenant_table.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace doorward::engine {
namespace {

using tenant::ApiKey;
using tenant::Tenant;

auto place_of(std::vector<ApiKey>& keys, std::string_view name) {
  return std::lower_bound(
      keys.begin(), keys.end(), name,
      [](const ApiKey& key, std::string_view wanted) { return key.name < wanted; });
}

}  // namespace

Status TenantTable::set(const SetTenant& command, LogTime now) {
  using Only = SetTenant::Only;
  const auto found = tenants_.find(command.tenant);
  const bool is_new = found == tenants_.end();
  if (is_new && command.only == Only::if_present) return Status::no_such_tenant;
  if (!is_new && command.only == Only::if_absent) return Status::tenant_exists;
  if (is_new && tenants_.size() >= tenant::kMaxTenants) return Status::too_many_tenants;
  if (is_new) {
    tenants_.emplace(command.tenant,
                     Tenant{command.tenant, command.settings, command.source, now, now, {}});
    return Status::done;
  }
  Tenant& tenant = found->second;
  if (tenant.settings == command.settings && tenant.source == command.source)
    return Status::already;
  tenant.settings = command.settings;
  tenant.source = command.source;
  tenant.updated_at = now;
  return Status::done;
}

Status TenantTable::remove(std::string_view name) {
  const auto found = tenants_.find(name);
  if (found == tenants_.end()) return Status::no_such_tenant;
  for (const ApiKey& key : found->second.keys) owners_.erase(key.hash);
  tenants_.erase(found);
  return Status::done;
}

Status TenantTable::set_key(const SetTenantKey& command, LogTime now) {
  const auto found = tenants_.find(command.tenant);
  if (found == tenants_.end()) return Status::no_such_tenant;
  Tenant& tenant = found->second;
  const auto place = place_of(tenant.keys, command.key);
  const bool is_new = place == tenant.keys.end() || place->name != command.key;
  if (!is_new && place->hash == command.hash) return Status::already;
  if (has(command.hash)) return Status::key_exists;
  if (is_new && tenant.keys.size() >= tenant::kMaxKeys) return Status::too_many_keys;
  if (is_new) {
    tenant.keys.insert(place, {command.key, command.hash, now});
  } else {
    owners_.erase(place->hash);
    place->hash = command.hash;
    place->created_at = now;
  }
  owners_.emplace(command.hash, command.tenant);
  tenant.updated_at = now;
  return Status::done;
}

Status TenantTable::remove_key(const RemoveTenantKey& command, LogTime now) {
  const auto found = tenants_.find(command.tenant);
  if (found == tenants_.end()) return Status::no_such_tenant;
  Tenant& tenant = found->second;
  const auto place = place_of(tenant.keys, command.key);
  if (place == tenant.keys.end() || place->name != command.key) return Status::no_such_key;
  owners_.erase(place->hash);
  tenant.keys.erase(place);
  tenant.updated_at = now;
  return Status::done;
}

const Tenant* TenantTable::find(std::string_view name) const {
  const auto found = tenants_.find(name);
  return found == tenants_.end() ? nullptr : &found->second;
}

const tenant::KeyHash* TenantTable::find_key(std::string_view name, std::string_view key) const {
  const Tenant* tenant = find(name);
  if (tenant == nullptr) return nullptr;
  const auto found = std::ranges::find(tenant->keys, key, &tenant::ApiKey::name);
  return found == tenant->keys.end() ? nullptr : &found->hash;
}

bool TenantTable::restore(Tenant tenant) {
  const bool in_order = tenants_.empty() || tenants_.rbegin()->first < tenant.name;
  if (!in_order || tenants_.size() >= tenant::kMaxTenants) return false;
  for (std::size_t i = 0; i < tenant.keys.size(); ++i) {
    if (i > 0 && tenant.keys[i].name <= tenant.keys[i - 1].name) return false;
    if (!owners_.emplace(tenant.keys[i].hash, tenant.name).second) return false;
  }
  std::string name = tenant.name;
  tenants_.emplace_hint(tenants_.end(), std::move(name), std::move(tenant));
  return true;
}

std::shared_ptr<const tenant::TenantSet> TenantTable::all() const {
  std::vector<Tenant> all;
  all.reserve(tenants_.size());
  for (const auto& [name, tenant] : tenants_) all.push_back(tenant);
  return std::make_shared<tenant::TenantSet>(std::move(all));
}

}  // namespace doorward::engine
