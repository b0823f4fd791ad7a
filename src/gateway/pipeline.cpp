#include "gateway/pipeline.hpp"

#include "edge/problem_response.hpp"
#include "gateway/answer.hpp"
#include "gateway/request_id.hpp"

#include <exception>

namespace doorward::gateway {
Pipeline::Pipeline(PipelineParts parts)
    : route_(std::make_shared<RouteFilter>(std::move(parts.routes))),
      dress_(std::move(parts.dress)),
      observer_(parts.observer),
      debug_(parts.debug) {
  filters_.push_back(std::make_shared<ClientAddress>(std::move(parts.trusted)));
  filters_.push_back(std::make_shared<RequestId>(parts.id_seed));
  filters_.push_back(route_);
  if (parts.cors) filters_.push_back(std::move(parts.cors));
  if (parts.fetch_keys) filters_.push_back(std::move(parts.fetch_keys));
  if (parts.limits) filters_.push_back(std::move(parts.limits));
  filters_.push_back(std::make_shared<OwnCalls>(std::move(parts.quick), std::move(parts.fallback),
                                                std::move(parts.before_404)));
  for (auto& filter : parts.filters) filters_.push_back(std::move(filter));
}

edge::Task<> Pipeline::handle(edge::Exchange& exchange,
                              std::shared_ptr<const Pipeline> /*self*/) const {
  const std::uint64_t stamp = observer_ ? observer_->started() : 0;
  Answer answer(exchange);
  Context context{answer};
  context.dress = dress_.get();
  answer.add(context);
  if (debug_) answer.tell_all();
  bool failed = true;
  try {
    for (const auto& filter : filters_) {
      context.answered_by = filter->name();
      auto verdict = filter->run_now(context);
      if (!verdict) verdict = co_await filter->run(context);
      if (*verdict == Verdict::pass) continue;
      if (!context.reply) break;
      edge::Response reply = *std::move(context.reply);
      (void)co_await answer.respond(std::move(reply));
      break;
    }
    failed = false;
  } catch (const std::exception& e) {
    context.fault = e.what();
  }
  if (failed && !answer.answered()) {
    edge::Response broken =
        edge::problem_response(wire::Problem(500, "The request could not be handled."));
    (void)co_await answer.respond(std::move(broken));
  }
  if (failed) context.answered_by = {};
  if (observer_)
    observer_->finished(
        {context, exchange.request(), answer.status(), answer.bytes_in(), answer.bytes_out()},
        stamp);
}

std::string Pipeline::explain(std::string_view method, std::string_view host,
                              std::string_view path) const {
  const route::Route* route = route_->table().find(host, path, method);
  if (!route) return "no route: the native calls, or 404\n";
  std::string lines;
  for (const auto& filter : filters_) {
    const std::string line = filter->explain(*route);
    if (!line.empty()) lines.append(filter->name()).append(": ").append(line).append("\n");
  }
  return lines;
}

}  // namespace doorward::gateway
