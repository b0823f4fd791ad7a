// What several of the systems answer alike: `/` and `/health`.
//
// Why:     one answer whose members are all that any of them gives.
// Threads: const.
// Spec:    docs/migrate/.
#pragma once

#include "api/compat/system.hpp"

namespace doorward::api::compat::common {

extern const System kSystem;

}  // namespace doorward::api::compat::common
