// On whose rooms and rules a call acts.
//
// Why:     decided once, before any endpoint runs, so that none can forget it.
// Threads: thread-safe.
// Errors:  no-such-tenant, also for a key at another tenant's address: whether that tenant is there
//          is not told; too-many-calls.
// Spec:    docs/tenants.md.
#pragma once

#include "api/call.hpp"
#include "api/router.hpp"

namespace doorward::api {

// Fills in what `found` says of the call, under the tenant whose address or API key it is.
std::optional<edge::Response> enter_scope(const Desk& desk, Call& call, const Found& found);

// Counts one call of the tenant; refuses it where there are too many. Its backends, by their keys,
// and its visitors have as many each, so that visitors keep no backend out.
std::optional<edge::Response> count_call(const Desk& desk, const tenant::Tenant& tenant,
                                         bool by_key);

}  // namespace doorward::api
