#include "edge/server.hpp"

#include "edge/acceptor.hpp"
#include "edge/loop.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <chrono>
#include <thread>

namespace doorward::edge {

namespace asio = boost::asio;

namespace {

// How long `stop` waits for sessions to notice that their sockets are gone.
constexpr Millis kStop{2'000};

}  // namespace

class Server::Impl {
 public:
  Impl(ServerOptions given, Handler handler, StreamSource* source)
      : options(std::move(given)),
        handler_(std::move(handler)),
        limits{{options.connections, options.connections_per_address},
               // The machine's own monitoring may well come from one address.
               {options.admin_connections, options.admin_connections},
               // Few backends hold all of them: no address has a share.
               {options.resp.connections, std::max<std::size_t>(1, options.resp.connections / 4)}} {
    unsigned count = options.threads;
    if (count == 0) count = std::max(1u, std::thread::hardware_concurrency());
    for (unsigned i = 0; i < count; ++i) {
      loops.push_back(std::make_unique<Loop>(options, handler_, source, limits));
    }
  }

  Result<> listen() {
    for (const Listener& listener : options.listeners) {
      // SO_REUSEPORT would let a second process in without a word.
      if (Result<> free = probe_address(listener.address, listener.port); !free) return free;
      std::uint16_t port = listener.port;
      for (const auto& loop : loops) {
        const Result<std::uint16_t> bound = loop->listen(listener, port);
        if (!bound) return bound.error();
        port = *bound;
      }
      ports.push_back(port);
    }
    return {};
  }

  bool wait_until_empty(Millis longest) {
    using Clock = std::chrono::steady_clock;
    const Clock::time_point until = Clock::now() + longest;
    for (AddressLimits* each : {&limits.visitors, &limits.admin, &limits.resp}) {
      const auto left = std::chrono::duration_cast<Millis>(until - Clock::now());
      if (!each->wait_until_empty(std::max(left, Millis{}))) return false;
    }
    return true;
  }

  template <class Work>
  void on_each_loop(Work work) {
    for (const auto& loop : loops) {
      asio::post(loop->io(), [work, &loop = *loop] { work(loop); });
    }
  }

  const ServerOptions options;

 private:
  const Handler handler_;

 public:
  ConnectionLimits limits;
  std::vector<std::unique_ptr<Loop>> loops;
  std::vector<std::thread> threads;
  std::vector<std::uint16_t> ports;
};

Server::Server(ServerOptions options, Handler handler, StreamSource* source)
    : impl_(std::make_unique<Impl>(std::move(options), std::move(handler), source)) {}

Server::~Server() { stop(); }

Result<> Server::start() {
  if (Result<> listening = impl_->listen(); !listening) return listening;
  for (const auto& loop : impl_->loops) {
    impl_->threads.emplace_back([&loop = *loop] { loop.run(); });
  }
  return {};
}

std::vector<std::uint16_t> Server::bound_ports() const { return impl_->ports; }

std::vector<asio::io_context*> Server::loops() const {
  std::vector<asio::io_context*> out;
  for (const auto& loop : impl_->loops) out.push_back(&loop->io());
  return out;
}

void Server::wake(std::span<const std::uint64_t> keys) {
  for (const auto& loop : impl_->loops) loop->wake(keys);
}

void Server::adjust(const ServerOptions& options) {
  impl_->limits.visitors.set(options.connections, options.connections_per_address);
  impl_->on_each_loop([deadlines = options.deadlines, is_shared = options.is_shared](Loop& loop) {
    loop.set_deadlines(deadlines);
    loop.set_shared(is_shared);
  });
}

bool Server::drain(Millis deadline) {
  if (impl_->threads.empty()) return true;
  impl_->on_each_loop([](Loop& loop) { loop.drain(); });
  return impl_->wait_until_empty(deadline);
}

void Server::stop() {
  if (impl_->threads.empty()) return;
  impl_->on_each_loop([](Loop& loop) { loop.cut(); });
  impl_->wait_until_empty(kStop);
  for (const auto& loop : impl_->loops) loop->io().stop();
  for (std::thread& thread : impl_->threads) thread.join();
  impl_->threads.clear();
}

Stats Server::stats() const {
  Stats stats;
  for (const auto& loop : impl_->loops) loop->counters().add_to(stats);
  return stats;
}

}  // namespace doorward::edge
