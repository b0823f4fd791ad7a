#include "gateway/own_calls.hpp"

#include "edge/problem_response.hpp"

namespace doorward::gateway {

std::optional<Verdict> OwnCalls::run_now(Context& context) {
  if (context.route) return Verdict::pass;
  if (quick_) context.reply = quick_(context);
  if (context.reply) return Verdict::answered;
  return std::nullopt;
}

edge::Task<Verdict> OwnCalls::run(Context& context) {
  if (fallback_) co_await fallback_(context);
  if (context.exchange.answered()) co_return Verdict::answered;
  context.nowhere = true;
  if (before_404_) {
    const Verdict verdict = co_await before_404_->run(context);
    if (verdict == Verdict::answered) co_return verdict;
  }
  // Sent once it is counted, so that nobody is answered before.
  context.reply = edge::problem_response(wire::Problem(404, "Nothing is served at this address."));
  co_return Verdict::answered;
}

std::string OwnCalls::explain(const route::Route&) const { return {}; }

}  // namespace doorward::gateway
