// The part of the table of settings about how much there may be, and for how long.
#pragma once

#include "app/config/config.hpp"

namespace doorward::app::config {

void describe(Form& form, LimitSettings& limits);
void describe(Form& form, CounterSettings& counters);
void describe(Form& form, DeadlineSettings& deadlines);

}  // namespace doorward::app::config
