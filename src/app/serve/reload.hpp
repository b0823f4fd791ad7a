// What a reload cannot take over.
#pragma once

#include "app/config/config.hpp"

#include <string>
#include <vector>

namespace doorward::app {

// The settings that are read at the start only: "listen", "log.kind", ….
std::vector<std::string> read_at_start();

// Those of them that differ.
std::vector<std::string> needs_restart(const config::Config& now, const config::Config& next);

}  // namespace doorward::app
