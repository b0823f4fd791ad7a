// The configuration in the terms of the gateway.
#pragma once

#include "app/config/config.hpp"
#include "app/observe/metrics.hpp"
#include "core/route/route.hpp"
#include "edge/upstream/counts.hpp"
#include "gateway/authenticate.hpp"
#include "gateway/client_address.hpp"
#include "gateway/filter.hpp"
#include "gateway/pages.hpp"
#include "gateway/places.hpp"

#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace doorward::app {

route::RouteTable routes_of(const config::Config& config);
gateway::TrustedProxies trusted_of(const config::Config& config);
// The counts of each upstream by its name, those of former configurations included: so a reload
// loses none.
//
// Threads: thread-safe.
// Bounds:  one entry for each name that a configuration ever had.
class UpstreamCountsByName {
 public:
  std::shared_ptr<edge::UpstreamCounts> of(const std::string& name);
  void write(MetricWriter& writer) const;

 private:
  mutable std::mutex mutex_;
  std::map<std::string, std::shared_ptr<edge::UpstreamCounts>> counts_;
};

// Null: no pages of other origins may call.
std::shared_ptr<gateway::Filter> make_cors(const config::Config& config);
// Who must be a user.
gateway::UserRule user_rule_of(const config::Config& config);
std::shared_ptr<gateway::Filter> make_authenticate(const config::Config& config,
                                                   gateway::Places& places);
// What a request passes after its route. An endpoint's connections are shared out among `loops`
// event loops.
std::vector<std::shared_ptr<gateway::Filter>> make_filters(const config::Config& config,
                                                           gateway::Places& places,
                                                           gateway::Pages& pages, std::size_t loops,
                                                           UpstreamCountsByName& counts,
                                                           const std::string& admin_token);

}  // namespace doorward::app
