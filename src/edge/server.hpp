// An HTTP/1.1 server: one event loop a core, each with its own acceptors (SO_REUSEPORT), sessions
// and parking lot. No request leaves the loop that accepted it.
//
// Why:     it owns sockets, framing, deadlines and limits; what a request means is the handler's.
// Time:    deadlines are counted on a wheel that turns every 100 ms by the monotonic clock.
// Ownership: the stream source and whatever the handler refers to must outlive the server.
// Threads: the handler and the stream source run on the loops; `wake` and `stats` from any
//          thread; everything else from the thread that made the server.
// Bounds:  edge/options.hpp.
// Errors:  start: unavailable where an address cannot be bound (also when another process listens
//          there).
#pragma once

#include "base/result.hpp"
#include "base/time.hpp"
#include "edge/exchange.hpp"
#include "edge/options.hpp"
#include "edge/parking.hpp"
#include "edge/stats.hpp"

#include <boost/asio/io_context.hpp>

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace doorward::edge {

class Server final : public ParkingLots {
 public:
  // Makes the loops, which run from `start` on. `source` may be null where nothing is parked.
  Server(ServerOptions options, Handler handler, StreamSource* source);
  ~Server();  // stops
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  Result<> start();
  // The ports of the listeners, in their order; after `start`.
  std::vector<std::uint16_t> bound_ports() const;
  // One a thread, for pools and timers that live on the loops; from the construction on.
  std::vector<boost::asio::io_context*> loops() const;

  // Takes over the deadlines and the numbers of connections, for what begins from now on. The rest
  // of the options stays as it was.
  void adjust(const ServerOptions& options);

  void wake(std::span<const std::uint64_t> keys) override;

  // Stops accepting, ends idle connections and parked streams, lets requests in flight finish with
  // `Connection: close`, and returns when none is left (true) or the deadline has passed (false).
  bool drain(Millis deadline);
  // Cuts what is left and joins the threads.
  void stop();

  Stats stats() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace doorward::edge
