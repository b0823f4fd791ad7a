// What one event loop holds of all upstreams: their pools, spare buffers, and the tick that keeps
// deadlines.
//
// Why:     nothing on the way to a backend crosses a loop. It is a service of the execution
//          context, so it is made on first use and ends with its loop.
// Time:    the steady clock, read once a tick; deadlines are late by at most a tenth of a second.
// Threads: its loop only.
// Bounds:  kSpareBuffers buffers are kept. A pool stays for each endpoint that was ever used.
#pragma once

#include "edge/upstream/connection.hpp"
#include "edge/upstream/endpoint.hpp"
#include "edge/upstream/pool.hpp"

#include <boost/asio/execution_context.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace doorward::edge {

class UpstreamLoop : public boost::asio::execution_context::service {
 public:
  using key_type = UpstreamLoop;
  inline static boost::asio::execution_context::id id;
  using TimePoint = UpstreamConnection::TimePoint;

  explicit UpstreamLoop(boost::asio::execution_context& context);
  ~UpstreamLoop() override;

  // The one of a coroutine's loop.
  static UpstreamLoop& of(const boost::asio::any_io_executor& executor);

  // `authority` is that of the endpoint.
  UpstreamPool& pool(std::string_view authority, const Endpoint& endpoint);
  const boost::asio::any_io_executor& executor() const { return executor_; }
  TimePoint now() const { return now_; }
  bool over() const { return over_; }  // the loop ends: coroutines are being destroyed

  std::unique_ptr<UpstreamConnection::Buffer> take_buffer();
  void give_buffer(std::unique_ptr<UpstreamConnection::Buffer> buffer);
  void watch(UpstreamConnection& connection);
  void unwatch(UpstreamConnection& connection);

 private:
  static constexpr std::size_t kSpareBuffers = 64;

  void shutdown() override;
  void tick();

  boost::asio::any_io_executor executor_;
  boost::asio::steady_timer timer_;
  TimePoint now_;
  bool ticking_ = false;
  bool over_ = false;
  std::vector<UpstreamConnection*> watched_;
  std::vector<std::unique_ptr<UpstreamConnection::Buffer>> spare_;
  std::map<std::string, std::unique_ptr<UpstreamPool>, std::less<>> pools_;
};

}  // namespace doorward::edge
