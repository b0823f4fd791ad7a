// Something that one coroutine waits for and another of the same loop says.
//
// Threads: one loop. Lives longer than both coroutines.
#pragma once

#include "edge/exchange.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>

namespace doorward::gateway::proxying {

class Signal {
 public:
  explicit Signal(const boost::asio::any_io_executor& executor) : timer_(executor) {}

  void set() {
    is_set_ = true;
    timer_.cancel();
  }
  bool is_set() const { return is_set_; }
  edge::Task<> wait() { return wait_until(boost::asio::steady_timer::time_point::max()); }
  edge::Task<> wait_for(std::chrono::milliseconds longest) {
    timer_.expires_after(longest);
    return wait_until(timer_.expiry());
  }

 private:
  edge::Task<> wait_until(boost::asio::steady_timer::time_point at) {
    if (is_set_) co_return;
    timer_.expires_at(at);
    boost::system::error_code ec;
    co_await timer_.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, ec));
  }
  boost::asio::steady_timer timer_;
  bool is_set_ = false;
};

}  // namespace doorward::gateway::proxying
