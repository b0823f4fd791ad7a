// `business_ids`, and the variable BUSINESS_IDS: API keys, each of a tenant of its own.
//
// Why:     a tenant's name must not give its key away, and must stay when the list's order changes:
//          it is made of the key's hash.
// Threads: const-safe.
// Spec:    docs/tenants.md, "By BUSINESS_IDS".
#pragma once

#include "app/config/config.hpp"
#include "app/config/problem.hpp"

#include <string>
#include <string_view>

namespace doorward::app::config {

// "business-" and 12 digits.
std::string business_name(std::string_view key);

// Adds a tenant for each of `config.business_ids`.
void add_businesses(Config& config, Problems& problems);

}  // namespace doorward::app::config
