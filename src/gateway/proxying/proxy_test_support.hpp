// For tests: a pipeline with one route, to a scripted upstream, on one loop.
#pragma once

#include "edge/upstream/upstream_double.hpp"
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
  Proxies();
  ~Proxies() override;
  void serve(edge::FakeUpstream::Script script);
  // Every connection: reads a head, notes it, and sends `response`.
  void serve(std::string response);
  void handle(ExchangeDouble& exchange);
  void make_pipeline();

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
