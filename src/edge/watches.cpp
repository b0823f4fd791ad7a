#include "edge/watches.hpp"

#include <boost/asio/io_context.hpp>

#include <algorithm>
#include <utility>

namespace doorward::edge {

namespace asio = boost::asio;

namespace {

using namespace std::chrono_literals;

// So that a loop on which nothing is under way any more may end.
constexpr Millis kLongestWait = 250ms;
constexpr Millis kShortestInterval = 10ms;

}  // namespace

void Watch::when_over(std::function<void()> told) {
  told_ = std::move(told);
  if (over_) end();
}

void Watch::end() {
  over_ = true;
  if (const auto told = std::exchange(told_, {})) told();
}

Watches::Watches(asio::execution_context& context)
    : asio::execution_context::service(context),
      timer_(static_cast<asio::io_context&>(context).get_executor()) {}

void Watches::shutdown() {
  ended_ = true;
  timer_.cancel();
}

Watches& Watches::of(const asio::any_io_executor& executor) {
  return asio::use_service<Watches>(
      static_cast<asio::io_context&>(asio::query(executor, asio::execution::context)));
}

void Watches::begin(Watch& watch) {
  if (watch.is_linked() || watch.over_ || ended_) return;
  const auto now = std::chrono::steady_clock::now();
  add(watch, now);
  if (!waiting_ || watch.due_ < timer_.expiry()) wait(now);
}

void Watches::add(Watch& watch, Watch::TimePoint now) {
  watch.due_ = now + std::max(watch.interval(), kShortestInterval);
  watches_.insert(watch);
}

void Watches::wait(Watch::TimePoint now) {
  waiting_ = true;
  timer_.expires_at(std::min<Watch::TimePoint>(watches_.begin()->due_, now + kLongestWait));
  timer_.async_wait([this](const boost::system::error_code& ec) {
    if (!ec) look();
  });
}

void Watches::look() {
  const auto now = std::chrono::steady_clock::now();
  while (!watches_.empty() && watches_.begin()->due_ <= now) {
    Watch& watch = *watches_.begin();
    watches_.erase(watches_.begin());
    if (watch.look())
      add(watch, now);
    else
      watch.end();
  }
  waiting_ = !watches_.empty();
  if (waiting_) wait(now);
}

}  // namespace doorward::edge
