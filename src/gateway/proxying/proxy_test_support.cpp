#include "gateway/proxying/proxy_test_support.hpp"

namespace doorward::gateway {

Proxies::Proxies() {
  limits_.connect = limits_.first_byte = limits_.idle = limits_.wait = Millis(150);
}

Proxies::~Proxies() = default;

void Proxies::serve(edge::FakeUpstream::Script script) {
  fake_ = std::make_unique<edge::FakeUpstream>(loop_, std::move(script));
  endpoints_ = {fake_->endpoint()};
}

void Proxies::serve(std::string response) {
  serve([this, response](edge::FakePeer& peer, std::size_t) -> edge::Task<> {
    for (;;) {
      const std::string head = co_await peer.head();
      if (head.empty()) co_return;
      seen_ = head;
      co_await peer.write(response);
    }
  });
}

void Proxies::handle(ExchangeDouble& exchange) {
  if (!pipeline_) make_pipeline();
  boost::asio::co_spawn(loop_, edge::complete(pipeline_->handle(exchange)),
                        [&](std::exception_ptr fault) {
                          EXPECT_FALSE(fault);
                          loop_.stop();
                        });
  loop_.restart();
  loop_.run();
}

void Proxies::make_pipeline() {
  upstream_ = std::make_shared<edge::Upstream>("shop", endpoints_, limits_);
  ProxyTargets targets;
  targets["shop"] = {upstream_, pass_host_};
  route::Route route;
  route.name = "all";
  route.match.paths = {"/**"};
  route.upstream = "shop";
  PipelineParts parts;
  parts.trusted.networks = *Networks::parse(std::vector<std::string>{"10.0.0.0/8"});
  parts.routes = route::RouteTable({route});
  parts.filters = {std::make_shared<Proxy>(std::move(targets), options_)};
  pipeline_ = std::make_unique<Pipeline>(std::move(parts));
}

}  // namespace doorward::gateway
