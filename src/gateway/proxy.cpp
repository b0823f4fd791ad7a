#include "gateway/proxy.hpp"

#include "gateway/proxying/call.hpp"
#include "gateway/proxying/failure_answer.hpp"

namespace doorward::gateway {

edge::Task<Verdict> Proxy::run(Context& context) {
  edge::Exchange& exchange = context.exchange;
  if (context.route->upstream.empty()) {
    (void)co_await exchange.respond(edge::Response());
    co_return Verdict::answered;
  }
  const auto target = targets_.find(context.route->upstream);
  if (target == targets_.end()) {
    context.fault = "no such upstream: " + context.route->upstream;
    const wire::Problem problem(502, "The service behind is not configured.");
    edge::Response response = proxying::failure_answer(context, problem);
    (void)co_await exchange.respond(std::move(response));
    co_return Verdict::answered;
  }
  proxying::Call call{context, target->second, options_};
  std::string_view first;
  if (!exchange.has_body()) {
    co_await proxying::forward_whole(call, first);
    co_return Verdict::answered;
  }
  const bool asks_first = exchange.request().fields.lists("expect", "100-continue");
  if (exchange.body_length() && !asks_first) {
    // The first piece is awaited before a connection is taken: a slow visitor holds none. A chunked
    // body may be one half of a conversation that the upstream begins.
    const auto piece = co_await exchange.read_body();
    if (!piece) {
      context.fault = piece.error().what;
      co_return Verdict::answered;  // the exchange is over
    }
    first = *piece;
  }
  if (exchange.body_length() == first.size())
    co_await proxying::forward_whole(call, first);
  else
    co_await proxying::forward_stream(call, first);
  co_return Verdict::answered;
}

std::string Proxy::explain(const route::Route& route) const {
  if (route.upstream.empty()) return "200, for a proxy that asked";
  return "to upstream \"" + route.upstream + "\"";
}

}  // namespace doorward::gateway
