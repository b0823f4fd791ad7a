// One event loop with all that lives on it: connections, deadlines, the parked, the date.
//
// Threads: runs on one thread; `post`ed work is the only way in from another. Asio is told so (its
//          hint UNSAFE_IO), and locks no socket.
// Ownership: belongs to the server. Connections are their sessions'; the loop can cut them.
#pragma once

#include "edge/address_limits.hpp"
#include "edge/connection.hpp"
#include "edge/exchange.hpp"
#include "edge/options.hpp"
#include "edge/parking_lot.hpp"
#include "edge/stats.hpp"
#include "edge/wheel.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/intrusive/list.hpp>

#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace doorward::edge {

class Acceptor;

// Each kind of listener has its own, so that a full one leaves the others open.
struct ConnectionLimits {
  AddressLimits visitors;
  AddressLimits admin;
  AddressLimits resp;
};

class Loop {
 public:
  Loop(const ServerOptions& options, const Handler& handler, StreamSource* source,
       ConnectionLimits& limits);
  ~Loop();

  boost::asio::io_context& io() { return *io_; }
  const ServerOptions& options() const { return options_; }
  const Deadlines& deadlines() const { return deadlines_; }
  void set_deadlines(const Deadlines& deadlines) { deadlines_ = deadlines; }
  const Handler& handler() const { return handler_; }
  ConnectionLimits& limits() { return limits_; }
  void set_shared(IsShared is_shared) { is_shared_ = std::move(is_shared); }
  bool is_shared(const boost::asio::ip::address& address) const {
    return is_shared_ && is_shared_(address);
  }
  Wheel& wheel() { return wheel_; }
  LoopCounters& counters() { return counters_; }
  const LoopCounters& counters() const { return counters_; }
  ParkingLot& parking() { return *parking_; }
  Millis now() const;                                        // monotonic, coarse
  std::string_view date_line() const { return date_line_; }  // the Date field
  bool draining() const { return draining_; }

  // Before `run`: listens, and from then on accepts.
  Result<std::uint16_t> listen(const Listener& listener, std::uint16_t port);
  void run();

  void drain();  // stops accepting, ends what is idle or parked
  void cut();    // ends everything
  // From any thread.
  void wake(std::span<const std::uint64_t> keys);

  void add(Connection& connection) { connections_.push_back(connection); }
  void flush_later(Connection& connection);
  void forget_flush(Connection& connection);

 private:
  using Connections =
      boost::intrusive::list<Connection, boost::intrusive::constant_time_size<false>>;

  void tick();
  void write_date();
  void flush_all();
  void take_woken();

  const ServerOptions& options_;
  Deadlines deadlines_;  // those of the options, until others are set
  const Handler& handler_;
  ConnectionLimits& limits_;
  IsShared is_shared_;  // that of the options, until another is set
  LoopCounters counters_;
  Wheel wheel_;
  Connections connections_;
  std::vector<Connection*> to_flush_;
  std::string date_line_;
  std::int64_t date_second_ = 0;
  bool draining_ = false;

  std::mutex woken_mutex_;
  std::vector<std::uint64_t> woken_;
  bool woken_all_ = false;
  bool woken_posted_ = false;

  std::unique_ptr<boost::asio::io_context> io_;
  std::unique_ptr<boost::asio::steady_timer> ticker_;
  std::unique_ptr<ParkingLot> parking_;
  std::vector<std::unique_ptr<Acceptor>> acceptors_;
};

}  // namespace doorward::edge
