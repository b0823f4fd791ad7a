#include "edge/loop.hpp"

#include "edge/acceptor.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <chrono>
#include <ctime>

namespace doorward::edge {

namespace asio = boost::asio;

namespace {

// More keys than this in one turn, and every stream is asked: cheaper than keeping them.
constexpr std::size_t kMostWoken = 65'536;

Millis coarse_now() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
  return Millis(now.tv_sec * 1'000 + now.tv_nsec / 1'000'000);
}

}  // namespace

Loop::Loop(const ServerOptions& options, const Handler& handler, StreamSource* source,
           ConnectionLimits& limits)
    : options_(options),
      deadlines_(options.deadlines),
      handler_(handler),
      limits_(limits),
      is_shared_(options.is_shared),
      wheel_(coarse_now()),
      io_(std::make_unique<asio::io_context>(BOOST_ASIO_CONCURRENCY_HINT_UNSAFE_IO)),
      ticker_(std::make_unique<asio::steady_timer>(*io_)),
      parking_(std::make_unique<ParkingLot>(*this, source)) {
  write_date();
}

Loop::~Loop() {
  acceptors_.clear();
  parking_.reset();
  ticker_.reset();
  // What is still suspended goes with the context, and it knows this loop.
  io_.reset();
}

Millis Loop::now() const { return coarse_now(); }

Result<std::uint16_t> Loop::listen(const Listener& listener, std::uint16_t port) {
  auto acceptor = std::make_unique<Acceptor>(*this, listener);
  auto bound = acceptor->open(listener.address, port);
  if (bound) acceptors_.push_back(std::move(acceptor));
  return bound;
}

void Loop::run() {
  for (const auto& acceptor : acceptors_) acceptor->start();
  tick();
  io_->run();
}

void Loop::tick() {
  wheel_.advance(now());
  write_date();
  ticker_->expires_after(Wheel::kTick);
  ticker_->async_wait([this](boost::system::error_code ec) {
    if (!ec) tick();
  });
}

void Loop::write_date() {
  const std::int64_t second = std::time(nullptr);
  if (second == date_second_) return;
  date_second_ = second;
  std::tm parts{};
  gmtime_r(&second, &parts);
  char text[48];
  date_line_.assign(
      text, std::strftime(text, sizeof text, "Date: %a, %d %b %Y %H:%M:%S GMT\r\n", &parts));
}

void Loop::drain() {
  if (draining_) return;
  draining_ = true;
  for (const auto& acceptor : acceptors_) acceptor->stop();
  for (Connection& connection : connections_) {
    if (connection.idle()) connection.cancel();
  }
  parking_->end_all();
}

void Loop::cut() {
  drain();
  for (Connection& connection : connections_) connection.close();
  parking_->close_all();
}

void Loop::wake(std::span<const std::uint64_t> keys) {
  if (keys.empty()) return;
  {
    const std::lock_guard lock(woken_mutex_);
    if (!woken_all_) woken_.insert(woken_.end(), keys.begin(), keys.end());
    if (woken_.size() > kMostWoken) {
      woken_all_ = true;
      woken_.clear();
    }
    if (std::exchange(woken_posted_, true)) return;
  }
  asio::post(*io_, [this] { take_woken(); });
}

void Loop::take_woken() {
  std::vector<std::uint64_t> keys;
  bool all = false;
  {
    const std::lock_guard lock(woken_mutex_);
    keys.swap(woken_);
    all = std::exchange(woken_all_, false);
    woken_posted_ = false;
  }
  if (all) {
    parking_->wake_all();
  } else {
    parking_->wake(keys);
  }
}

void Loop::flush_later(Connection& connection) {
  if (to_flush_.empty()) asio::post(*io_, [this] { flush_all(); });
  to_flush_.push_back(&connection);
}

void Loop::forget_flush(Connection& connection) {
  std::replace(to_flush_.begin(), to_flush_.end(), &connection, static_cast<Connection*>(nullptr));
}

void Loop::flush_all() {
  for (Connection* connection : to_flush_) {
    if (connection != nullptr) connection->flush();
  }
  to_flush_.clear();
}

}  // namespace doorward::edge
