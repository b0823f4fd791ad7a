// Whose API key it is, and when each was used last.
//
// Why:     the keys of the configuration are the default tenant's, all others are in the log. Use
//          is noted in memory and saved now and then (`save`): a key is used too often for the
//          log.
// Time:    `now` is passed in; a use is noted at most once a second.
// Threads: thread-safe.
// Bounds:  as many last uses are kept as there are keys.
// Spec:    docs/tenants.md, "API keys".
#pragma once

#include "base/result.hpp"
#include "core/tenant/tenant.hpp"

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace doorward::gateway {

struct ApiKey {
  std::string name;
  std::string sha256;  // lower-case hexadecimal
};

tenant::KeyHash hash_of(std::string_view key);

// A tenant's keys of this name, or of one that begins so, are carried by the pages of its visitors:
// everybody reads them, so they are good for the calls of docs/migrate/gatekeeper.md alone.
inline constexpr std::string_view kPageKey = "business-id";

class ApiKeys {
 public:
  // The tenants in force; never null.
  using Tenants = std::function<std::shared_ptr<const tenant::TenantSet>()>;

  // `tenants` empty: there are none but the default one.
  ApiKeys(const std::vector<ApiKey>& of_default, Tenants tenants);

  struct Owner {
    std::shared_ptr<const tenant::TenantSet> tenants;  // keep the next two; null: the default one's
    const tenant::Tenant* tenant = nullptr;            // never null
    const tenant::ApiKey* key = nullptr;
  };
  // A backend's. None for a tenant's key that pages carry.
  std::optional<Owner> owner_of(std::string_view key, LogTime now) const;
  // Of whatever may be shown as a `business_id`, keys that pages carry too.
  std::optional<Owner> business_of(std::string_view key, LogTime now) const;

  std::optional<LogTime> last_used(const tenant::KeyHash& hash) const;
  // Those of keys that are no more are left out.
  std::string save() const;
  Result<> load(std::string_view text);
  // Whether anything was used since the last call.
  bool take_changed() const;

 private:
  std::optional<Owner> find(const tenant::KeyHash& hash) const;
  void note(const tenant::KeyHash& hash, LogTime now) const;

  tenant::TenantSet default_;
  Tenants tenants_;
  mutable std::mutex mutex_;
  mutable std::map<tenant::KeyHash, LogTime> used_;
  mutable bool changed_ = false;
};

}  // namespace doorward::gateway
