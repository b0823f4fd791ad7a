// What a reload cannot take over.
#pragma once

#include "app/config/config.hpp"

#include <string>
#include <vector>

namespace doorward::app {

// The settings that differ and are read at the start only: "listen", "log", ….
std::vector<std::string> needs_restart(const config::Config& now, const config::Config& next);

}  // namespace doorward::app
