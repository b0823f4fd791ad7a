// The part of the table of settings about inventories.
#pragma once

#include "app/config/config.hpp"

#include <string_view>

namespace doorward::app::config {

void describe(Form& form, std::string_view name, InventorySettings& inventory);

}  // namespace doorward::app::config
