// The port of outbound HTTP over a loop's pools of upstream connections, or TLS.
//
// Ownership: the loop's context outlives it.
// Threads: thread-safe; works and calls back on the loop given.
// Bounds:  UpstreamLimits, with the request's deadline for each step.
#pragma once

#include "ports/outbound_http.hpp"

#include <boost/asio/io_context.hpp>

namespace doorward::edge {

class HttpClient final : public ports::OutboundHttp {
 public:
  explicit HttpClient(boost::asio::io_context& loop) : loop_(loop) {}
  void get(ports::HttpGet request, Done done) override;

 private:
  boost::asio::io_context& loop_;
};

}  // namespace doorward::edge
