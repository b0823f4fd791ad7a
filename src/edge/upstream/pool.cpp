#include "edge/upstream/pool.hpp"

#include "edge/upstream/loop.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>

namespace doorward::edge {

namespace asio = boost::asio;

using What = UpstreamCounts::What;

UpstreamLease::UpstreamLease(UpstreamPool& pool, std::unique_ptr<UpstreamConnection> connection)
    : pool_(&pool), connection_(std::move(connection)) {
  connection_->counts().add(What::lent);
}

UpstreamLease& UpstreamLease::operator=(UpstreamLease&& other) {
  release();
  pool_ = other.pool_;
  connection_ = std::move(other.connection_);
  return *this;
}

void UpstreamLease::release() {
  if (!connection_) return;
  connection_->counts().add(What::returned);
  pool_->give_back(std::move(connection_));
}

// A request that waits: woken with a connection, or with the right to open one.
struct UpstreamPool::Waiter {
  Waiter(const asio::any_io_executor& executor, Reuse wanted) : timer(executor), reuse(wanted) {}
  asio::steady_timer timer;
  Reuse reuse;
  std::unique_ptr<UpstreamConnection> connection;
  bool may_open = false;
};

UpstreamPool::UpstreamPool(UpstreamLoop& loop, Endpoint endpoint)
    : loop_(loop), addresses_(loop.executor(), std::move(endpoint)) {}

UpstreamPool::~UpstreamPool() = default;

Task<Result<UpstreamLease>> UpstreamPool::acquire(const UpstreamLimits& limits,
                                                  const Counts& counts, Reuse reuse) {
  keep_alive_ = limits.keep_alive;
  idle_connections_ = limits.idle_connections;
  if (auto connection = take_idle(reuse)) co_return UpstreamLease(*this, std::move(connection));
  if (open_ >= limits.connections && !idle_.empty()) {
    idle_.erase(idle_.begin());  // makes room for the new one that was asked for
    --open_;
  }
  auto connection = Result<std::unique_ptr<UpstreamConnection>>(nullptr);
  if (open_ >= limits.connections) {
    connection = co_await wait(limits, *counts, reuse);
  } else {
    ++open_;
  }
  if (!connection) co_return connection.error();
  if (!*connection) connection = co_await open(limits, counts);
  if (!connection) {
    slot_free();
    co_return connection.error();
  }
  co_return UpstreamLease(*this, std::move(*connection));
}

std::optional<UpstreamLease> UpstreamPool::try_acquire(Reuse reuse) {
  if (auto connection = take_idle(reuse)) return UpstreamLease(*this, std::move(connection));
  return std::nullopt;
}

std::unique_ptr<UpstreamConnection> UpstreamPool::take_idle(Reuse reuse) {
  while (reuse != Reuse::none && !idle_.empty()) {
    auto connection = std::move(idle_.back());
    idle_.pop_back();
    if (reuse == Reuse::any || !connection->is_stale()) return connection;
    --open_;
  }
  return nullptr;
}

// A connection, or null with the right to open one.
Task<Result<std::unique_ptr<UpstreamConnection>>> UpstreamPool::wait(const UpstreamLimits& limits,
                                                                     UpstreamCounts& counts,
                                                                     Reuse reuse) {
  if (waiting_.size() >= limits.waiting)
    co_return error(Errc::overloaded, "too many requests wait for the upstream");
  Waiter waiter(loop_.executor(), reuse);
  waiting_.push_back(&waiter);
  waiter.timer.expires_after(limits.wait);
  boost::system::error_code ec;
  counts.add(What::began_waiting);
  co_await waiter.timer.async_wait(asio::redirect_error(asio::use_awaitable, ec));
  counts.add(What::ended_waiting);
  if (waiter.connection || waiter.may_open) co_return std::move(waiter.connection);
  std::erase(waiting_, &waiter);
  co_return error(Errc::overloaded, "all connections to the upstream are taken");
}

Task<Result<std::unique_ptr<UpstreamConnection>>> UpstreamPool::open(const UpstreamLimits& limits,
                                                                     const Counts& counts) {
  const auto addresses = co_await addresses_.get(limits.connect);
  if (!addresses) co_return addresses.error();
  Result<> connected;
  for (const auto& address : *addresses) {
    auto connection = std::make_unique<UpstreamConnection>(loop_, limits, counts);
    connected = co_await connection->connect(address);
    if (connected) co_return connection;
  }
  if (connected.error().code == Errc::timed_out) co_return connected.error();
  co_return error(Errc::unavailable, connected.error().what);
}

void UpstreamPool::give_back(std::unique_ptr<UpstreamConnection> connection) {
  if (loop_.over()) return;
  if (!connection->finish()) {
    connection.reset();
    slot_free();
  } else if (!waiting_.empty() && waiting_.front()->reuse == Reuse::none) {
    connection.reset();  // it may be as stale as the one before
    slot_free();
  } else if (!waiting_.empty()) {
    Waiter* waiter = waiting_.front();
    waiting_.pop_front();
    waiter->connection = std::move(connection);
    waiter->timer.cancel();
  } else if (idle_.size() < idle_connections_) {
    idle_.push_back(std::move(connection));
  } else {
    --open_;
  }
}

void UpstreamPool::slot_free() {
  if (loop_.over()) return;
  if (waiting_.empty()) {
    --open_;
    return;
  }
  Waiter* waiter = waiting_.front();
  waiting_.pop_front();
  waiter->may_open = true;
  waiter->timer.cancel();
}

void UpstreamPool::sweep(UpstreamConnection::TimePoint now) {
  const auto fresh = std::find_if(idle_.begin(), idle_.end(), [&](const auto& connection) {
    return now < connection->idle_since() + keep_alive_;
  });
  open_ -= static_cast<std::size_t>(fresh - idle_.begin());
  idle_.erase(idle_.begin(), fresh);
}

}  // namespace doorward::edge
