#include "edge/upstream/loop.hpp"

namespace doorward::edge {

namespace asio = boost::asio;

namespace {

constexpr std::chrono::milliseconds kTick{100};

asio::any_io_executor executor_of(asio::execution_context& context) {
  return static_cast<asio::io_context&>(context).get_executor();
}

}  // namespace

UpstreamLoop::UpstreamLoop(asio::execution_context& context)
    : asio::execution_context::service(context),
      executor_(executor_of(context)),
      timer_(executor_),
      now_(std::chrono::steady_clock::now()) {}

UpstreamLoop::~UpstreamLoop() = default;

void UpstreamLoop::shutdown() {
  over_ = true;
  for (auto& [name, pool] : pools_) pool->drop_idle();
  timer_.cancel();
}

UpstreamLoop& UpstreamLoop::of(const asio::any_io_executor& executor) {
  return asio::use_service<UpstreamLoop>(
      static_cast<asio::io_context&>(asio::query(executor, asio::execution::context)));
}

UpstreamPool& UpstreamLoop::pool(std::string_view authority, const Endpoint& endpoint) {
  auto found = pools_.find(authority);
  if (found == pools_.end())
    found = pools_.emplace(authority, std::make_unique<UpstreamPool>(*this, endpoint)).first;
  return *found->second;
}

std::unique_ptr<UpstreamConnection::Buffer> UpstreamLoop::take_buffer() {
  if (spare_.empty()) return std::make_unique_for_overwrite<UpstreamConnection::Buffer>();
  auto buffer = std::move(spare_.back());
  spare_.pop_back();
  return buffer;
}

void UpstreamLoop::give_buffer(std::unique_ptr<UpstreamConnection::Buffer> buffer) {
  if (spare_.size() < kSpareBuffers) spare_.push_back(std::move(buffer));
}

void UpstreamLoop::watch(UpstreamConnection& connection) {
  connection.watched_at_ = watched_.size();
  watched_.push_back(&connection);
  if (ticking_ || over_) return;
  ticking_ = true;
  now_ = std::chrono::steady_clock::now();
  timer_.expires_at(now_);
  tick();
}

void UpstreamLoop::unwatch(UpstreamConnection& connection) {
  watched_[connection.watched_at_] = watched_.back();
  watched_[connection.watched_at_]->watched_at_ = connection.watched_at_;
  watched_.pop_back();
}

// Runs only while there are connections, so that a loop without any may end.
void UpstreamLoop::tick() {
  timer_.expires_at(timer_.expiry() + kTick);
  timer_.async_wait([this](const boost::system::error_code& ec) {
    if (ec) return;
    now_ = std::chrono::steady_clock::now();
    for (UpstreamConnection* connection : watched_) connection->expire(now_);
    for (auto& [name, pool] : pools_) pool->sweep(now_);
    ticking_ = !watched_.empty();
    if (ticking_) tick();
  });
}

}  // namespace doorward::edge
