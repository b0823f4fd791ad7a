#include "api/native/lock_wait.hpp"

#include "gateway/await_shard.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <memory>
#include <utility>

namespace doorward::api {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using Answered = std::optional<Result<engine::Outcome>>;

constexpr auto kLook = 250ms;
constexpr Millis kSlack{1'000};

// The shard answers in any case, maybe when nobody waits any more.
struct Waited {
  explicit Waited(const asio::any_io_executor& loop) : timer(loop) {}
  asio::steady_timer timer;
  Answered answer;
};

edge::Task<> ask(engine::Shard& shard, engine::Command command, std::shared_ptr<Waited> waited) {
  auto answer = co_await gateway::await_shard(shard, std::move(command));
  waited->answer = std::move(answer);
  waited->timer.cancel();
}

}  // namespace

void LockCalls::begin(const reserve::LockId& id) {
  const std::lock_guard lock(mutex_);
  ++calls_[id];
}

bool LockCalls::end(const reserve::LockId& id) {
  const std::lock_guard lock(mutex_);
  const auto found = calls_.find(id);
  if (--found->second > 0) return false;
  calls_.erase(found);
  return true;
}

LockCall::LockCall(LockCalls& calls, engine::Shard& shard, engine::AcquireLock command)
    : calls_(calls), shard_(shard), command_(std::move(command)) {
  calls_.begin(command_.id);
}

LockCall::~LockCall() {
  const bool last = calls_.end(command_.id);
  if (gives_up_ && last)
    static_cast<void>(shard_.submit(engine::ReleaseLock{command_.lock, command_.id, 0}));
}

edge::Task<Answered> LockCall::wait(edge::Exchange& exchange, const ports::Clock& clock) {
  const asio::any_io_executor loop = co_await asio::this_coro::executor;
  const Millis until = clock.steady_now() + command_.wait + kSlack;
  const auto waited = std::make_shared<Waited>(loop);
  engine::Command command = command_;
  asio::co_spawn(loop, ask(shard_, std::move(command), waited), asio::detached);
  bool is_over = false;
  while (!waited->answer && !is_over && !gives_up_) {
    waited->timer.expires_after(kLook);
    co_await waited->timer.async_wait(asio::as_tuple(asio::use_awaitable));
    is_over = clock.steady_now() >= until;
    gives_up_ = exchange.peer_is_gone();
  }
  // The first write to one who hung up succeeds, so this is asked before.
  gives_up_ = gives_up_ || exchange.peer_is_gone();
  if (gives_up_) co_return std::nullopt;
  if (waited->answer) co_return std::move(waited->answer);
  gives_up_ = true;
  engine::Outcome over;
  over.status = engine::Status::lock_busy;
  co_return over;
}

}  // namespace doorward::api
