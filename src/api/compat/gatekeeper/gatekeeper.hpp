// The calls of "Gatekeeper API", for its clients to move here unchanged.
//
// Why:     wire shapes only: a business is a tenant, its queue the tenant's room "queue" whose
//          admissions come in rounds, its address limits two rules of the tenant.
// Threads: const.
// Errors:  as that system's framework gives them: {"detail":…}.
// Spec:    docs/migrate/gatekeeper.md.
#pragma once

#include "api/compat/system.hpp"

namespace doorward::api::gatekeeper {

extern const compat::System kSystem;

}  // namespace doorward::api::gatekeeper
