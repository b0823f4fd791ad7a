// The configuration in the terms of the gateway.
#pragma once

#include "app/config/config.hpp"
#include "core/route/route.hpp"
#include "gateway/client_address.hpp"
#include "gateway/proxy.hpp"

#include <cstddef>
#include <memory>

namespace doorward::app {

route::RouteTable routes_of(const config::Config& config);
gateway::TrustedProxies trusted_of(const config::Config& config);
// An endpoint's connections are shared out among `loops` event loops.
std::shared_ptr<gateway::Filter> make_proxy(const config::Config& config, std::size_t loops);

}  // namespace doorward::app
