// The part of the table of settings about rate-limit rules.
#pragma once

#include "app/config/config.hpp"

#include <string_view>

namespace doorward::app::config {

void describe(Form& form, std::string_view name, RuleSettings& rule);

}  // namespace doorward::app::config
