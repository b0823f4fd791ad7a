// For tests of the proxy between real sockets: our server, and what stands behind it.
//
// Threads: a Front runs its loop, a Behind its script, each on a thread of its own.
#pragma once

#include "edge/server.hpp"
#include "edge/server_test_support.hpp"
#include "edge/upstream/upstream_double.hpp"
#include "gateway/pipeline.hpp"
#include "gateway/proxy.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace doorward::gateway {

// Our server with one route to `endpoint`.
class Front {
 public:
  explicit Front(const edge::Endpoint& endpoint, std::shared_ptr<Filter> before = nullptr);
  ~Front();
  std::uint16_t port() const { return running_->port(); }

 private:
  std::unique_ptr<Pipeline> pipeline_;
  std::unique_ptr<edge::test::RunningServer> running_;
};

// A scripted upstream on a thread of its own.
class Behind {
 public:
  explicit Behind(edge::FakeUpstream::Script script);
  ~Behind();
  const edge::Endpoint& endpoint() const { return fake_.endpoint(); }

 private:
  boost::asio::io_context loop_{1};
  edge::FakeUpstream fake_;
  std::thread thread_;
};

inline std::string get(std::string_view path, std::string_view fields = "") {
  return "GET " + std::string(path) + " HTTP/1.1\r\nHost: shop\r\n" + std::string(fields) + "\r\n";
}

}  // namespace doorward::gateway
