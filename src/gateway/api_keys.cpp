#include "gateway/api_keys.hpp"

#include "wire/sha256.hpp"

#include <boost/json.hpp>

#include <chrono>
#include <utility>

namespace doorward::gateway {
namespace {

namespace json = boost::json;

constexpr Millis kNoteEvery{std::chrono::seconds{1}};

std::vector<tenant::Tenant> default_tenant(const std::vector<ApiKey>& keys) {
  tenant::Tenant made;
  for (const ApiKey& key : keys)
    if (const auto hash = tenant::parse_hash(key.sha256))
      made.keys.push_back({key.name, *hash, {}});
  return {std::move(made)};
}

}  // namespace

tenant::KeyHash hash_of(std::string_view key) { return wire::sha256(key); }

ApiKeys::ApiKeys(const std::vector<ApiKey>& of_default, Tenants tenants)
    : default_(default_tenant(of_default)), tenants_(std::move(tenants)) {}

std::optional<ApiKeys::Owner> ApiKeys::find(const tenant::KeyHash& hash) const {
  auto tenants = tenants_ ? tenants_() : nullptr;
  // Both are looked up, so that the time tells nothing.
  const auto of_default = default_.owner_of(hash);
  const auto of_tenant = tenants ? tenants->owner_of(hash) : std::nullopt;
  if (of_default) return Owner{nullptr, of_default->tenant, of_default->key};
  if (of_tenant) return Owner{std::move(tenants), of_tenant->tenant, of_tenant->key};
  return std::nullopt;
}

std::optional<ApiKeys::Owner> ApiKeys::owner_of(std::string_view key, LogTime now) const {
  const tenant::KeyHash hash = hash_of(key);
  auto owner = find(hash);
  const bool is_in_pages = owner && owner->tenants && owner->key->name.starts_with(kPageKey);
  if (!owner || is_in_pages) return std::nullopt;
  note(hash, now);
  return owner;
}

std::optional<ApiKeys::Owner> ApiKeys::business_of(std::string_view key, LogTime now) const {
  const tenant::KeyHash hash = hash_of(key);
  auto owner = find(hash);
  if (owner) note(hash, now);
  return owner;
}

void ApiKeys::note(const tenant::KeyHash& hash, LogTime now) const {
  const std::lock_guard lock(mutex_);
  LogTime& last = used_[hash];
  if (now - last < kNoteEvery) return;
  last = now;
  changed_ = true;
}

std::optional<LogTime> ApiKeys::last_used(const tenant::KeyHash& hash) const {
  const std::lock_guard lock(mutex_);
  const auto found = used_.find(hash);
  return found == used_.end() ? std::nullopt : std::optional(found->second);
}

bool ApiKeys::take_changed() const {
  const std::lock_guard lock(mutex_);
  return std::exchange(changed_, false);
}

std::string ApiKeys::save() const {
  const auto tenants = tenants_ ? tenants_() : nullptr;
  const std::lock_guard lock(mutex_);
  std::erase_if(used_, [&](const auto& use) {
    return !default_.owner_of(use.first) && !(tenants && tenants->owner_of(use.first));
  });
  json::object uses;
  for (const auto& [hash, at] : used_) uses[tenant::to_hex(hash)] = at.time_since_epoch().count();
  return json::serialize(uses) + '\n';
}

Result<> ApiKeys::load(std::string_view text) {
  boost::system::error_code failed;
  const json::value root = json::parse(text, failed);
  if (failed || !root.is_object()) return error(Errc::corrupt, "it is no JSON object");
  const std::lock_guard lock(mutex_);
  for (const auto& [hex, at] : root.get_object()) {
    const auto hash = tenant::parse_hash(hex);
    if (hash && at.is_int64()) used_[*hash] = LogTime(Millis(at.get_int64()));
  }
  return {};
}

}  // namespace doorward::gateway
