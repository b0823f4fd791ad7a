#include "gateway/await_shard.hpp"

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/execution_context.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <atomic>
#include <memory>
#include <utility>

namespace doorward::gateway {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

constexpr auto kPositionWait = 200ms;
constexpr auto kPositionStep = 5ms;

struct Waiting {
  Waiting* next = nullptr;
  virtual void resume() = 0;
  virtual void drop() = 0;

 protected:
  ~Waiting() = default;
};

// The completed calls of one loop, newest first. Whoever puts the first one in posts the one
// handler that takes all out.
class Mailbox final : public asio::execution_context::service {
 public:
  using key_type = Mailbox;
  static inline asio::execution_context::id id;

  explicit Mailbox(asio::execution_context& context)
      : service(context), loop_(static_cast<asio::io_context&>(context).get_executor()) {}

  // The calls keep the loop at work.
  void put(Waiting& waiting) {
    Waiting* head = head_.load(std::memory_order_relaxed);
    do {
      waiting.next = head;
    } while (!head_.compare_exchange_weak(head, &waiting, std::memory_order_release,
                                          std::memory_order_relaxed));
    if (head == nullptr) asio::post(loop_, [this] { drain(); });
  }

 private:
  Waiting* take_oldest_first() {
    Waiting* from = head_.exchange(nullptr, std::memory_order_acquire);
    Waiting* to = nullptr;
    while (from != nullptr) to = std::exchange(from, std::exchange(from->next, to));
    return to;
  }
  void drain() {
    for (Waiting* waiting = take_oldest_first(); waiting != nullptr;)
      std::exchange(waiting, waiting->next)->resume();
  }
  void shutdown() override {
    for (Waiting* waiting = take_oldest_first(); waiting != nullptr;)
      std::exchange(waiting, waiting->next)->drop();
  }

  const asio::io_context::executor_type loop_;
  std::atomic<Waiting*> head_{nullptr};
};

using Answer = Result<engine::Outcome>;

// One command under way: owned by itself from the start of the wait to its end.
template <class Handler>
class Call final : public engine::Completion, public Waiting {
 public:
  Call(Handler handler, asio::any_io_executor loop)
      : handler_(std::move(handler)),
        work_(std::move(loop)),
        mailbox_(asio::use_service<Mailbox>(
            asio::query(work_.get_executor(), asio::execution::context))) {}
  virtual ~Call() = default;

  void complete(engine::Outcome outcome) override {
    outcome_ = std::move(outcome);
    mailbox_.put(*this);
  }
  void resume() override { finish(Answer(std::move(outcome_))); }
  void drop() override { const std::unique_ptr<Call> end(this); }
  void refuse(Error error) {
    // Not from within the call that began the wait.
    asio::post(work_.get_executor(),
               [this, error = std::move(error)]() mutable { finish(Answer(std::move(error))); });
  }

 private:
  void finish(Answer answer) {
    Handler handler = [this] {
      const std::unique_ptr<Call> end(this);
      return std::move(handler_);
    }();
    std::move(handler)(std::move(answer));
  }

  Handler handler_;
  asio::executor_work_guard<asio::any_io_executor> work_;
  Mailbox& mailbox_;
  engine::Outcome outcome_;
};

}  // namespace

edge::Task<Answer> await_shard(engine::Shard& shard, engine::Command command) {
  return asio::async_initiate<const asio::use_awaitable_t<>, void(Answer)>(
      [&shard](auto handler, engine::Command taken) {
        using Made = Call<decltype(handler)>;
        asio::any_io_executor loop = asio::get_associated_executor(handler);
        // Owns itself from here: another thread may complete it before `submit` returns.
        Made* const call = std::make_unique<Made>(std::move(handler), std::move(loop)).release();
        const auto submitted = shard.submit(std::move(taken), *call);
        if (submitted.has_error()) call->refuse(submitted.error());
      },
      asio::use_awaitable, std::move(command));
}

edge::Task<bool> await_position(const engine::Shard& shard, ports::LogPosition position) {
  if (shard.applied() >= position) co_return true;
  asio::steady_timer timer(co_await asio::this_coro::executor);
  for (auto waited = 0ms; waited < kPositionWait; waited += kPositionStep) {
    timer.expires_after(kPositionStep);
    co_await timer.async_wait(asio::use_awaitable);
    if (shard.applied() >= position) co_return true;
  }
  co_return false;
}

}  // namespace doorward::gateway
