// The configuration in the terms of the edge.
#pragma once

#include "app/config/config.hpp"
#include "edge/options.hpp"

namespace doorward::app {

// The main listener comes first, then that of admin calls and that of the Redis protocol, where
// there are such.
edge::ServerOptions edge_options(const config::Config& config);

}  // namespace doorward::app
