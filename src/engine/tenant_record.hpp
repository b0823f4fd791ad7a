// A tenant as bytes, in records and in snapshots.
//
// Bounds:  as core/tenant/tenant.hpp has them.
// Errors:  `in.ok()` is false afterwards if it was malformed.
// Spec:    docs/log-format.md, "A tenant".
#pragma once

#include "base/bytes.hpp"
#include "engine/command.hpp"

namespace doorward::engine {

void put(ByteWriter& out, const SetTenant& command);
void get(ByteReader& in, SetTenant& command);
void put(ByteWriter& out, const RemoveTenant& command);
void get(ByteReader& in, RemoveTenant& command);
void put(ByteWriter& out, const SetTenantKey& command);
void get(ByteReader& in, SetTenantKey& command);
void put(ByteWriter& out, const RemoveTenantKey& command);
void get(ByteReader& in, RemoveTenantKey& command);

void put_settings(ByteWriter& out, const tenant::Settings& settings);
void put_tenant(ByteWriter& out, const tenant::Tenant& tenant);
tenant::Tenant get_tenant(ByteReader& in);

}  // namespace doorward::engine
