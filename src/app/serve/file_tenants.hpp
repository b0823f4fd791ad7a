// The tenants of the configuration file and their keys, brought to the log only where the file has
// changed.
//
// Why:     as file_rooms: what the admin API did to a tenant since stays, also over a restart,
//          until the file says something new about it. Its rooms and rules are file_rooms' and
//          file_rules'.
// Threads: single owner.
// Errors:  those of the files and of the log; overloaded and unavailable may be tried again.
// Spec:    docs/tenants.md.
#pragma once

#include "app/config/config.hpp"
#include "app/observe/log.hpp"
#include "app/serve/file_changes.hpp"

namespace doorward::app {

// Said is of "acme" its settings, of "acme/web" the key's hash.
FileChanges changes_of(const std::vector<config::TenantSettings>& tenants,
                       const Fingerprints& before, const tenant::TenantSet& present);

// Appends what changed and waits until it is applied.
Result<> apply_file_tenants(const std::vector<config::TenantSettings>& tenants,
                            const FileMemory& memory, engine::Shard& shard, Log& log);

}  // namespace doorward::app
