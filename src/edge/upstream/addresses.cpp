#include "edge/upstream/addresses.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace doorward::edge {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

UpstreamAddresses::UpstreamAddresses(const asio::any_io_executor& executor, Endpoint endpoint)
    : endpoint_(std::move(endpoint)), state_(std::make_shared<State>(executor)) {
  error_code ec;
  const auto address = asio::ip::make_address(endpoint_.host, ec);
  if (ec) return;
  literal_ = true;
  state_->list.emplace_back(address, endpoint_.port);
}

void UpstreamAddresses::look_up(const std::shared_ptr<State>& state, const Endpoint& endpoint) {
  state->looking = true;
  state->resolver.async_resolve(
      endpoint.host, std::to_string(endpoint.port),
      [state](const error_code& ec, const tcp::resolver::results_type& results) {
        state->looking = false;
        state->fresh_until = std::chrono::steady_clock::now() + kFresh;
        if (ec) {
          state->fault = ec.message();
        } else {
          state->list.clear();
          for (const auto& result : results)
            if (state->list.size() < kMost) state->list.push_back(result.endpoint());
        }
        state->arrived.cancel();
      });
}

Task<Result<UpstreamAddresses::List>> UpstreamAddresses::get(std::chrono::milliseconds deadline) {
  const auto state = state_;
  if (literal_) co_return state->list;
  if (!state->looking && std::chrono::steady_clock::now() >= state->fresh_until)
    look_up(state, endpoint_);
  if (state->list.empty() && state->looking) {
    error_code ec;
    state->arrived.expires_after(deadline);
    co_await state->arrived.async_wait(asio::redirect_error(asio::use_awaitable, ec));
  }
  if (!state->list.empty()) co_return state->list;
  if (state->looking)
    co_return error(Errc::timed_out, "the upstream's name was not resolved in time");
  co_return error(Errc::unavailable, "the upstream's name is unknown: " + state->fault);
}

}  // namespace doorward::edge
