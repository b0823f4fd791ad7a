#include "gateway/proxying/front_double.hpp"

namespace doorward::gateway {

Front::Front(const edge::Endpoint& endpoint, std::shared_ptr<Filter> before) {
  edge::UpstreamLimits limits;
  limits.connect = limits.wait = Millis(5'000);
  ProxyTargets targets;
  targets["u"] = {std::make_shared<edge::Upstream>("u", std::vector{endpoint}, limits), true};
  route::Route route;
  route.name = "all";
  route.match.paths = {"/**"};
  route.upstream = "u";
  PipelineParts parts;
  parts.routes = route::RouteTable({route});
  if (before) parts.filters.push_back(before);
  parts.filters.push_back(std::make_shared<Proxy>(std::move(targets), ProxyOptions()));
  pipeline_ = std::make_unique<Pipeline>(std::move(parts));
  running_ = std::make_unique<edge::test::RunningServer>(
      edge::test::patient_options(),
      [this](edge::Exchange& exchange) { return pipeline_->handle(exchange); });
}

Front::~Front() = default;

Behind::Behind(edge::FakeUpstream::Script script)
    : fake_(loop_, std::move(script)), thread_([this] { loop_.run(); }) {}

Behind::~Behind() {
  loop_.stop();
  thread_.join();
}

}  // namespace doorward::gateway
