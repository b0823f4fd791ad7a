#include "app/serve/file_tenants.hpp"

#include "engine/digest.hpp"
#include "wire/sha256.hpp"
#include "wire/tenant_json.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <iterator>
#include <utility>

namespace doorward::app {
namespace {

using engine::Command;
using engine::RemoveTenant;
using engine::RemoveTenantKey;
using engine::SetTenant;
using engine::SetTenantKey;
using tenant::Tenant;

// What came later stands last, and is left out where it is the default: a file that names none of
// it is as it was before.
std::string fingerprint(const tenant::Settings& settings) {
  auto said = wire::settings_to_json(settings);
  const auto by_default = wire::settings_to_json({});
  for (const char* later : {"holds", "units", "locks"})
    if (said.at(later) == by_default.at(later)) said.erase(later);
  return wire::sha256_hex(boost::json::serialize(said));
}

bool is_as_before(const Fingerprints& before, const std::string& name, const std::string& print) {
  const auto said = before.find(name);
  return said != before.end() && said->second == print;
}

// The hash of a key as the log has it; empty: it has none of that name.
std::string hash_of(const Tenant* tenant, std::string_view key) {
  if (tenant == nullptr) return {};
  for (const tenant::ApiKey& known : tenant->keys)
    if (known.name == key) return tenant::to_hex(known.hash);
  return {};
}

struct Found {
  const Fingerprints& before;
  const tenant::TenantSet& present;
};

RemoveTenantKey removal_of(const Tenant& tenant, const tenant::ApiKey& key) {
  return {tenant.name, key.name, engine::digest_of(key.hash)};
}

// A hash has one owner: a key of the file whose hash is to be another's gives it up first.
void free_hash(const tenant::KeyHash& hash, const Found& found, std::vector<Command>& removals) {
  const auto owner = found.present.owner_of(hash);
  if (owner && found.before.contains(tenant::full_name(owner->tenant->name, owner->key->name)))
    removals.push_back(removal_of(*owner->tenant, *owner->key));
}

void set(const config::TenantSettings& wanted, const Found& found, FileChanges& changes,
         std::vector<Command>& removals) {
  const Fingerprints& before = found.before;
  const Tenant* present = found.present.named(wanted.name);
  const std::string print = fingerprint(wanted.settings);
  changes.said.emplace(wanted.name, print);
  const bool is_same = present != nullptr && present->settings == wanted.settings;
  const bool is_new = !is_as_before(before, wanted.name, print) && !is_same;
  if (is_new)
    changes.commands.emplace_back(
        SetTenant{wanted.name, tenant::Source::file, SetTenant::Only::always, wanted.settings});
  for (const config::ApiKeySettings& key : wanted.api_keys) {
    const std::string full = tenant::full_name(wanted.name, key.name);
    changes.said.emplace(full, key.sha256);
    const auto hash = tenant::parse_hash(key.sha256);
    if (is_as_before(before, full, key.sha256) || hash_of(present, key.name) == key.sha256 || !hash)
      continue;
    free_hash(*hash, found, removals);
    changes.commands.emplace_back(SetTenantKey{wanted.name, key.name, *hash});
  }
}

// What the file said and says no more; what the admin API changed since is its own.
std::optional<Command> removal(const std::string& full, const std::string& print,
                               const tenant::TenantSet& present) {
  const auto [name, key] = tenant::split(full);
  const bool is_key = !name.empty();
  const Tenant* tenant = present.named(is_key ? name : std::string_view(full));
  if (tenant == nullptr) return std::nullopt;
  for (const tenant::ApiKey& known : tenant->keys)
    if (is_key && known.name == key && tenant::to_hex(known.hash) == print)
      return removal_of(*tenant, known);
  if (!is_key && tenant->source == tenant::Source::file)
    return RemoveTenant{tenant->name, engine::digest_of(tenant->settings)};
  return std::nullopt;
}

// A key also goes with its tenant, which comes before it.
bool goes_already(const Command& command, const std::vector<Command>& removals) {
  const auto* key = std::get_if<RemoveTenantKey>(&command);
  return std::ranges::any_of(removals, [&](const Command& removal) {
    const auto* tenant = std::get_if<RemoveTenant>(&removal);
    return removal == command ||
           (key != nullptr && tenant != nullptr && tenant->tenant == key->tenant);
  });
}

}  // namespace

FileChanges changes_of(const std::vector<config::TenantSettings>& tenants,
                       const Fingerprints& before, const tenant::TenantSet& present) {
  FileChanges changes;
  // First what goes: a key may have moved to another name.
  std::vector<Command> removals;
  for (const config::TenantSettings& wanted : tenants)
    set(wanted, {before, present}, changes, removals);
  for (const auto& [name, print] : before) {
    if (changes.said.contains(name)) continue;
    auto command = removal(name, print, present);
    if (command && !goes_already(*command, removals)) removals.push_back(*std::move(command));
  }
  changes.commands.insert(changes.commands.begin(), std::make_move_iterator(removals.begin()),
                          std::make_move_iterator(removals.end()));
  return changes;
}

namespace {

Result<> apply_once(const std::vector<config::TenantSettings>& tenants, const FileMemory& memory,
                    engine::Shard& shard, Log& log) {
  auto before = memory.read(kTenantsOfFile);
  if (!before) return before.error();
  FileChanges changes = changes_of(tenants, *before, *shard.tenants());
  const std::size_t count = changes.commands.size();
  const Result<> applied = apply_and_remember(shard, changes, *before, memory, kTenantsOfFile);
  if (applied && count > 0)
    log.info("tenants or their keys changed, as the configuration has them",
             {{"changes", std::to_string(count)}});
  return applied;
}

}  // namespace

Result<> apply_file_tenants(const std::vector<config::TenantSettings>& tenants,
                            const FileMemory& memory, engine::Shard& shard, Log& log) {
  return until_settled([&] { return apply_once(tenants, memory, shard, log); });
}

}  // namespace doorward::app
