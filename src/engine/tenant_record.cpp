#include "engine/tenant_record.hpp"

#include "engine/digest.hpp"
#include "engine/record.hpp"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

namespace doorward::engine {
namespace {

using tenant::KeyHash;
using tenant::Settings;

// Which optional settings follow. Those of later versions are there where they are not the default,
// so that a tenant without them has the bytes that it always had.
enum : std::uint8_t {
  kHasWaiting = 1,
  kHasCalls = 2,
  kHasLocks = 4,
  kHasUnits = 8,
  kHasHolds = 16,
  kAllOptional = 31
};

std::uint8_t present(const Settings& s) {
  const Settings by_default;
  return static_cast<std::uint8_t>((s.max_waiting ? kHasWaiting : 0) | (s.calls ? kHasCalls : 0) |
                                   (s.locks != by_default.locks ? kHasLocks : 0) |
                                   (s.units != by_default.units ? kHasUnits : 0) |
                                   (s.holds != by_default.holds ? kHasHolds : 0));
}

constexpr std::uint64_t kMax32 = std::numeric_limits<std::uint32_t>::max();

template <class Enum>
Enum get_enum(ByteReader& in, Enum last) {
  const std::uint8_t v = in.u8();
  if (v > static_cast<std::uint8_t>(last)) in.fail();
  return static_cast<Enum>(v);
}

std::string get_name(ByteReader& in) {
  std::string name(in.text(tenant::kMaxTenantName));
  if (!tenant::is_valid_name(name)) in.fail();
  return name;
}

std::string get_key_name(ByteReader& in) {
  std::string name(in.text(tenant::kMaxKeyName));
  if (!tenant::is_valid_key_name(name)) in.fail();
  return name;
}

void put_hash(ByteWriter& out, const KeyHash& hash) {
  for (const std::uint8_t byte : hash) out.u8(byte);
}

KeyHash get_hash(ByteReader& in) {
  KeyHash hash{};
  for (std::uint8_t& byte : hash) byte = in.u8();
  return hash;
}

void put_time(ByteWriter& out, LogTime t) {
  out.varint(static_cast<std::uint64_t>(t.time_since_epoch().count()));
}

LogTime get_time(ByteReader& in) {
  const auto most = static_cast<std::uint64_t>(kMaxLogTime.time_since_epoch().count());
  return LogTime(Millis(static_cast<std::int64_t>(in.varint(most))));
}

void put_duration(ByteWriter& out, Millis d) { out.varint(static_cast<std::uint64_t>(d.count())); }

Millis get_duration(ByteReader& in) {
  return Millis(
      static_cast<std::int64_t>(in.varint(static_cast<std::uint64_t>(kMaxDuration.count()))));
}

Settings get_settings(ByteReader& in) {
  Settings s;
  const std::uint8_t has = in.u8();
  if (has > kAllOptional) in.fail();
  if (has & kHasWaiting) s.max_waiting = static_cast<std::uint32_t>(in.varint(kMax32));
  if (has & kHasCalls) {
    s.calls.emplace();
    s.calls->count = static_cast<std::uint32_t>(in.varint(kMax32));
    s.calls->every = get_duration(in);
  }
  s.rooms = static_cast<std::uint32_t>(in.varint(kMax32));
  s.rules = static_cast<std::uint32_t>(in.varint(kMax32));
  s.token_ttl = get_duration(in);
  if (has & kHasLocks) s.locks = static_cast<std::uint32_t>(in.varint(kMax32));
  if (has & kHasUnits) s.units = static_cast<std::uint32_t>(in.varint(kMax32));
  if (has & kHasHolds) s.holds = static_cast<std::uint32_t>(in.varint(kMax32));
  if (in.ok() && (present(s) != has || !tenant::validate(s))) in.fail();
  return s;
}

}  // namespace

void put_settings(ByteWriter& out, const Settings& s) {
  const std::uint8_t has = present(s);
  out.u8(has);
  if (s.max_waiting) out.varint(*s.max_waiting);
  if (s.calls) {
    out.varint(s.calls->count);
    put_duration(out, s.calls->every);
  }
  out.varint(s.rooms);
  out.varint(s.rules);
  put_duration(out, s.token_ttl);
  if (has & kHasLocks) out.varint(s.locks);
  if (has & kHasUnits) out.varint(s.units);
  if (has & kHasHolds) out.varint(s.holds);
}

void put(ByteWriter& out, const SetTenant& c) {
  out.text(c.tenant);
  out.u8(static_cast<std::uint8_t>(c.source));
  out.u8(static_cast<std::uint8_t>(c.only));
  put_settings(out, c.settings);
  put_seen(out, c.seen);
}

void get(ByteReader& in, SetTenant& c) {
  c.tenant = get_name(in);
  c.source = get_enum(in, tenant::Source::admin);
  c.only = get_enum(in, SetTenant::Only::if_present);
  c.settings = get_settings(in);
  c.seen = get_seen(in);
}

void put(ByteWriter& out, const RemoveTenant& c) {
  out.text(c.tenant);
  put_seen(out, c.seen);
}

void get(ByteReader& in, RemoveTenant& c) {
  c.tenant = get_name(in);
  c.seen = get_seen(in);
}

void put(ByteWriter& out, const SetTenantKey& c) {
  out.text(c.tenant);
  out.text(c.key);
  put_hash(out, c.hash);
}

void get(ByteReader& in, SetTenantKey& c) {
  c.tenant = get_name(in);
  c.key = get_key_name(in);
  c.hash = get_hash(in);
}

void put(ByteWriter& out, const RemoveTenantKey& c) {
  out.text(c.tenant);
  out.text(c.key);
  put_seen(out, c.seen);
}

void get(ByteReader& in, RemoveTenantKey& c) {
  c.tenant = get_name(in);
  c.key = get_key_name(in);
  c.seen = get_seen(in);
}

void put_tenant(ByteWriter& out, const tenant::Tenant& tenant) {
  out.text(tenant.name);
  out.u8(static_cast<std::uint8_t>(tenant.source));
  put_time(out, tenant.created_at);
  put_time(out, tenant.updated_at);
  put_settings(out, tenant.settings);
  out.u8(static_cast<std::uint8_t>(tenant.keys.size()));
  for (const tenant::ApiKey& key : tenant.keys) {
    out.text(key.name);
    put_hash(out, key.hash);
    put_time(out, key.created_at);
  }
}

tenant::Tenant get_tenant(ByteReader& in) {
  tenant::Tenant tenant;
  tenant.name = get_name(in);
  tenant.source = get_enum(in, tenant::Source::admin);
  tenant.created_at = get_time(in);
  tenant.updated_at = get_time(in);
  tenant.settings = get_settings(in);
  const std::size_t keys = in.u8();
  if (keys > tenant::kMaxKeys) in.fail();
  for (std::size_t i = 0; in.ok() && i < keys; ++i) {
    tenant::ApiKey key;
    key.name = get_key_name(in);
    key.hash = get_hash(in);
    key.created_at = get_time(in);
    tenant.keys.push_back(std::move(key));
  }
  return tenant;
}

}  // namespace doorward::engine
