// The socket addresses of an endpoint: its literal address, or what its name resolves to.
//
// Why:     names are looked up again every few seconds, while requests go on with the old
//          addresses; a resolver that hangs holds up nobody beyond `deadline`.
// Threads: its loop only.
// Bounds:  the first kMost addresses of a name.
// Errors:  unavailable (no such name), timed_out.
#pragma once

#include "base/result.hpp"
#include "edge/exchange.hpp"
#include "edge/upstream/endpoint.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <memory>
#include <vector>

namespace doorward::edge {

class UpstreamAddresses {
 public:
  using List = std::vector<boost::asio::ip::tcp::endpoint>;

  UpstreamAddresses(const boost::asio::any_io_executor& executor, Endpoint endpoint);
  Task<Result<List>> get(std::chrono::milliseconds deadline);

 private:
  static constexpr std::size_t kMost = 8;
  static constexpr std::chrono::seconds kFresh{5};

  // Shared with the look-up under way, which may outlast us.
  struct State {
    explicit State(const boost::asio::any_io_executor& executor)
        : resolver(executor), arrived(executor) {}
    boost::asio::ip::tcp::resolver resolver;
    boost::asio::steady_timer arrived;  // cancelled when a look-up ends
    List list;
    std::chrono::steady_clock::time_point fresh_until{};
    bool looking = false;
    std::string fault;
  };

  static void look_up(const std::shared_ptr<State>& state, const Endpoint& endpoint);

  Endpoint endpoint_;
  std::shared_ptr<State> state_;
  bool literal_ = false;
};

}  // namespace doorward::edge
