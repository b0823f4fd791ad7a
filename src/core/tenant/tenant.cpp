#include "core/tenant/tenant.hpp"

#include "base/hex.hpp"

#include <algorithm>
#include <utility>

namespace doorward::tenant {
namespace {

Error out_of(const char* field, const char* remedy) {
  return error(Errc::invalid, std::string(field) + ": " + remedy);
}

// Where to look; which of those there it is, the whole hash decides.
std::uint64_t bucket(const KeyHash& hash) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < sizeof value; ++i) value = value << 8 | hash[i];
  return value;
}

bool is_same(const KeyHash& a, const KeyHash& b) {
  unsigned differs = 0;
  for (std::size_t i = 0; i < a.size(); ++i) differs |= a[i] ^ b[i];
  return differs == 0;
}

}  // namespace

bool is_valid_name(std::string_view name) { return naming::is_name(name, kMaxTenantName); }
bool is_valid_key_name(std::string_view name) { return naming::is_name(name, kMaxKeyName); }

Result<> validate(const Settings& settings) {
  if (settings.max_waiting &&
      (*settings.max_waiting < 1 || *settings.max_waiting > room::kMaxPeople))
    return out_of("max_waiting", "choose from 1 to 50000000");
  if (settings.calls) {
    if (settings.calls->count < 1 || settings.calls->count > room::kMaxRateCount)
      return out_of("calls.count", "choose from 1 to 1000000");
    if (settings.calls->every < std::chrono::milliseconds{100} ||
        settings.calls->every > room::kMaxEvery)
      return out_of("calls.every", "choose from 100ms to 24h");
  }
  if (settings.rooms < 1 || settings.rooms > kMaxOwn)
    return out_of("rooms", "choose from 1 to 1000");
  if (settings.rules < 1 || settings.rules > kMaxOwn)
    return out_of("rules", "choose from 1 to 1000");
  if (settings.locks < 1 || settings.locks > kMaxOwnLocks)
    return out_of("locks", "choose from 1 to 10000");
  if (settings.units < 1 || settings.units > kMaxOwnUnits)
    return out_of("units", "choose from 1 to 10000000");
  if (settings.holds < 1 || settings.holds > kMaxOwnUnits)
    return out_of("holds", "choose from 1 to 10000000");
  if (settings.token_ttl < kMinTokenTtl || settings.token_ttl > kMaxTokenTtl)
    return out_of("token_ttl", "choose from 60s to 10m");
  return {};
}

std::string full_name(std::string_view tenant, std::string_view name) {
  if (tenant.empty()) return std::string(name);
  std::string full(tenant);
  full += '/';
  full += name;
  return full;
}

Split split(std::string_view full_name) {
  const auto slash = full_name.find('/');
  if (slash == std::string_view::npos) return {{}, full_name};
  return {full_name.substr(0, slash), full_name.substr(slash + 1)};
}

std::string to_hex(const KeyHash& hash) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string hex;
  for (const std::uint8_t byte : hash) {
    hex += kDigits[byte >> 4];
    hex += kDigits[byte & 15];
  }
  return hex;
}

std::optional<KeyHash> parse_hash(std::string_view hex) {
  KeyHash hash{};
  if (hex.size() != 2 * hash.size()) return std::nullopt;
  for (std::size_t i = 0; i < hash.size(); ++i) {
    const int high = hex_digit(hex[2 * i]);
    const int low = hex_digit(hex[2 * i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    hash[i] = static_cast<std::uint8_t>(high * 16 + low);
  }
  return hash;
}

TenantSet::TenantSet(std::vector<Tenant> tenants) : tenants_(std::move(tenants)) {
  for (const Tenant& tenant : tenants_)
    for (const ApiKey& key : tenant.keys) by_hash_.emplace(bucket(key.hash), Owner{&tenant, &key});
}

const Tenant* TenantSet::named(std::string_view name) const {
  const auto found = std::lower_bound(
      tenants_.begin(), tenants_.end(), name,
      [](const Tenant& tenant, std::string_view wanted) { return tenant.name < wanted; });
  return found != tenants_.end() && found->name == name ? &*found : nullptr;
}

std::optional<TenantSet::Owner> TenantSet::owner_of(const KeyHash& hash) const {
  const auto [begin, end] = by_hash_.equal_range(bucket(hash));
  for (auto it = begin; it != end; ++it)
    if (is_same(it->second.key->hash, hash)) return it->second;
  return std::nullopt;
}

}  // namespace doorward::tenant
