// The parts of the table of settings about rooms and routes.
#pragma once

#include "app/config/config.hpp"

#include <string_view>

namespace doorward::app::config {

void describe(Form& form, room::Policy& policy);
void describe(Form& form, std::string_view name, RoomSettings& room);
void describe(Form& form, RouteSettings& route);

}  // namespace doorward::app::config
