#include "gateway/issuer/fetch_keys.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace doorward::gateway {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

constexpr Millis kLook = 10ms;

// Counts one more waiter as long as it lives, also where the loop ends under it.
class Place {
 public:
  explicit Place(std::atomic<std::size_t>& count) : count_(count), before_(count_.fetch_add(1)) {}
  ~Place() { count_.fetch_sub(1); }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;
  std::size_t before() const { return before_; }

 private:
  std::atomic<std::size_t>& count_;
  std::size_t before_;
};

}  // namespace

std::optional<Verdict> FetchKeys::run_now(Context& context) {
  const auto token = bearer_token(context.exchange.request());
  if (!token || !identities_.must_wait_for_keys(*token)) return Verdict::pass;
  return std::nullopt;
}

edge::Task<Verdict> FetchKeys::run(Context&) {
  const Place place(waiting_);
  if (place.before() >= kMostWaiting) co_return Verdict::pass;
  asio::steady_timer timer(co_await asio::this_coro::executor);
  // A fetch has deadlines of its own; this one holds where its loop is gone.
  for (Millis waited = 0ms; waited < 2 * identities_.longest_fetch(); waited += kLook) {
    if (!identities_.is_fetching_keys()) break;
    timer.expires_after(kLook);
    co_await timer.async_wait(asio::use_awaitable);
  }
  co_return Verdict::pass;
}

std::string FetchKeys::explain(const route::Route&) const {
  if (!identities_.has_remote_keys()) return {};
  return "a token under a key that is not known waits until its issuer's keys are fetched";
}

}  // namespace doorward::gateway
