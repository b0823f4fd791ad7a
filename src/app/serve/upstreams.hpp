// The configuration in the terms of the gateway.
#pragma once

#include "app/config/config.hpp"
#include "core/route/route.hpp"
#include "gateway/client_address.hpp"
#include "gateway/filter.hpp"
#include "gateway/pages.hpp"
#include "gateway/places.hpp"

#include <cstddef>
#include <memory>
#include <vector>

namespace doorward::app {

route::RouteTable routes_of(const config::Config& config);
gateway::TrustedProxies trusted_of(const config::Config& config);
// What a request passes after its route. An endpoint's connections are shared out among `loops`
// event loops.
std::vector<std::shared_ptr<gateway::Filter>> make_filters(const config::Config& config,
                                                           gateway::Places& places,
                                                           gateway::Pages& pages,
                                                           std::size_t loops);

}  // namespace doorward::app
