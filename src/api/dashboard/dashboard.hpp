// The operator's page: `/dashboard`, and its parts below `/.doorward/dashboard/`.
//
// Why:     built from web/dashboard and kept in the program, so that nothing has to be deployed
//          beside it. The page itself holds nothing secret; what it shows it asks of the admin
//          calls.
// Threads: const.
// Errors:  on a listener that takes no admin calls, the same answer as theirs.
// Spec:    docs/dashboard.md.
#pragma once

#include "api/call.hpp"

#include <string_view>

namespace doorward::api {

// Where no route takes it; it is at "/.doorward/dashboard" always.
inline constexpr std::string_view kDashboardPath = "/dashboard";

bool is_dashboard(std::string_view path);
edge::Response dashboard(const Desk& desk, const Call& call);

}  // namespace doorward::api
