// The tenants of a shard and their API keys, as the log has them.
//
// Why:     holds; whose key it is that a request carries is asked of the TenantSet.
// Threads: single-owner; const functions from any thread while the owner changes nothing.
// Bounds:  tenant::kMaxTenants, tenant::kMaxKeys each.
#pragma once

#include "core/tenant/tenant.hpp"
#include "engine/command.hpp"

#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace doorward::engine {

class TenantTable {
 public:
  Status set(const SetTenant& command, LogTime now);
  Status remove(std::string_view name);
  Status set_key(const SetTenantKey& command, LogTime now);
  Status remove_key(const RemoveTenantKey& command, LogTime now);

  // Null if there is none.
  const tenant::Tenant* find(std::string_view name) const;
  // A key's hash, by the key's name.
  const tenant::KeyHash* find_key(std::string_view tenant, std::string_view key) const;
  // False if it contradicts what is there.
  bool restore(tenant::Tenant tenant);

  std::shared_ptr<const tenant::TenantSet> all() const;
  template <class Visit>
  void for_each(Visit visit) const {  // by name
    for (const auto& [name, tenant] : tenants_) visit(tenant);
  }

 private:
  // Whether some tenant has the key under some name.
  bool has(const tenant::KeyHash& hash) const { return owners_.contains(hash); }

  std::map<std::string, tenant::Tenant, std::less<>> tenants_;
  std::map<tenant::KeyHash, std::string> owners_;  // derived: names of tenants
};

}  // namespace doorward::engine
