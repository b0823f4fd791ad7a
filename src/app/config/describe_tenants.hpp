// The part of the table of settings about tenants.
#pragma once

#include "app/config/config.hpp"

#include <string_view>

namespace doorward::app::config {

// Its rooms and rules go to those of `config`, under their full names.
void describe(Form& form, std::string_view name, TenantSettings& tenant, Config& config);

}  // namespace doorward::app::config
