// Tenants: businesses that share one Doorward, each with API keys, rooms and rules of its own.
//
// Why:     everything of a tenant is told apart by its full name, "acme/sale"; no caller can give a
//          slash in a name, so no caller can name what is another's. What belongs to nobody in
//          particular is the default tenant's, whose name is empty, and has no slash.
// Bounds:  see `validate` and the constants.
// Threads: plain values; a TenantSet is const-safe.
// Spec:    docs/tenants.md.
#pragma once

#include "base/result.hpp"
#include "base/time.hpp"
#include "core/name.hpp"
#include "core/room/policy.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace doorward::tenant {

inline constexpr std::size_t kMaxTenants = 1'000;
inline constexpr std::size_t kMaxTenantName = naming::kMaxTenant;
inline constexpr std::size_t kMaxKeys = 16;  // of one tenant
inline constexpr std::size_t kMaxKeyName = naming::kMaxName;
inline constexpr std::uint32_t kMaxOwn = 1'000;  // rooms of one tenant, and rules
inline constexpr std::uint32_t kMaxOwnLocks = 10'000;
inline constexpr std::uint32_t kMaxOwnUnits = 10'000'000;  // and holds
inline constexpr Millis kMinTokenTtl{std::chrono::minutes{1}};
inline constexpr Millis kMaxTokenTtl{std::chrono::minutes{10}};

// What one tenant may have and use, so that none starves the others. Absent: no such limit.
struct Settings {
  std::optional<std::uint32_t> max_waiting;  // over all its rooms
  std::optional<room::Rate> calls;           // of its API keys, and at its addresses
  std::uint32_t rooms = 100;
  std::uint32_t rules = 100;
  std::uint32_t locks = 1'000;      // held at once; and as many of its calls may wait for one
  std::uint32_t units = 1'000'000;  // by name, of all its seat maps
  std::uint32_t holds = 1'000'000;  // those counted that are over and still remembered
  Millis token_ttl{std::chrono::minutes{5}};  // of the JWTs of docs/migrate/gatekeeper.md
  friend bool operator==(const Settings&, const Settings&) = default;
};

// SHA-256 of an API key.
using KeyHash = std::array<std::uint8_t, 32>;

struct ApiKey {
  std::string name = {};
  KeyHash hash{};
  LogTime created_at{};
  friend bool operator==(const ApiKey&, const ApiKey&) = default;
};

enum class Source : std::uint8_t { file, admin };

struct Tenant {
  std::string name = {};
  Settings settings = {};
  Source source = Source::admin;
  LogTime created_at{};
  LogTime updated_at{};
  std::vector<ApiKey> keys = {};  // by name
  friend bool operator==(const Tenant&, const Tenant&) = default;
};

// 1 to 32 of [a-z0-9._-], beginning with a letter or a digit.
bool is_valid_name(std::string_view name);
// 1 to 64 of the same.
bool is_valid_key_name(std::string_view name);
// The first broken bound, naming the field and the remedy.
Result<> validate(const Settings& settings);

// "acme/sale" of "acme" and "sale"; "sale" of "" and "sale".
std::string full_name(std::string_view tenant, std::string_view name);
struct Split {
  std::string_view tenant;  // empty: the default one
  std::string_view name;
};
Split split(std::string_view full_name);
// Without its tenant: what the tenant itself is shown.
inline std::string_view plain(std::string_view full_name) { return split(full_name).name; }

// Lower-case hexadecimal.
std::string to_hex(const KeyHash& hash);
std::optional<KeyHash> parse_hash(std::string_view hex);

// All tenants at one moment.
class TenantSet {
 public:
  TenantSet() = default;
  explicit TenantSet(std::vector<Tenant> tenants);
  TenantSet(const TenantSet&) = delete;
  TenantSet& operator=(const TenantSet&) = delete;

  const std::vector<Tenant>& all() const { return tenants_; }  // by name
  const Tenant* named(std::string_view name) const;
  struct Owner {
    const Tenant* tenant = nullptr;
    const ApiKey* key = nullptr;
  };
  // By the hash, compared in constant time.
  std::optional<Owner> owner_of(const KeyHash& hash) const;

 private:
  std::vector<Tenant> tenants_;
  std::unordered_multimap<std::uint64_t, Owner> by_hash_;
};

}  // namespace doorward::tenant
