// For tests: a pipeline with one route, to a scripted upstream, on one loop.
#pragma once

#include "edge/upstream/fake_upstream.hpp"
#include "gateway/exchange_double.hpp"
#include "gateway/pipeline.hpp"
#include "gateway/proxy.hpp"

#include <gtest/gtest.h>
#include <boost/asio/co_spawn.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace doorward::gateway {

inline constexpr std::string_view kOk = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

class Proxies : public testing::Test {
 protected:
  Proxies() { limits_.connect = limits_.first_byte = limits_.idle = limits_.wait = Millis(150); }
  void serve(edge::FakeUpstream::Script script) {
    fake_ = std::make_unique<edge::FakeUpstream>(loop_, std::move(script));
    endpoints_ = {fake_->endpoint()};
  }
  // Every connection: reads a head, notes it, and sends `response`.
  void serve(std::string response) {
    serve([this, response](edge::FakePeer& peer, std::size_t) -> edge::Task<> {
      for (;;) {
        const std::string head = co_await peer.head();
        if (head.empty()) co_return;
        seen_ = head;
        co_await peer.write(response);
      }
    });
  }
  void handle(ExchangeDouble& exchange) {
    if (!pipeline_) make_pipeline();
    boost::asio::co_spawn(loop_, edge::complete(pipeline_->handle(exchange)),
                          [&](std::exception_ptr fault) {
                            EXPECT_FALSE(fault);
                            loop_.stop();
                          });
    loop_.restart();
    loop_.run();
  }
  void make_pipeline() {
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

  boost::asio::io_context loop_{1};
  edge::UpstreamLimits limits_;
  ProxyOptions options_;
  bool pass_host_ = true;
  std::unique_ptr<edge::FakeUpstream> fake_;
  std::vector<edge::Endpoint> endpoints_;
  std::shared_ptr<edge::Upstream> upstream_;
  std::unique_ptr<Pipeline> pipeline_;
  std::string seen_;
};

}  // namespace doorward::gateway
