#include "gateway/pipeline.hpp"

#include "edge/problem_response.hpp"
#include "gateway/answer.hpp"
#include "gateway/request_id.hpp"

#include <boost/asio/this_coro.hpp>

#include <exception>

namespace doorward::gateway {
namespace {

void begin_watches(Context& context, const boost::asio::any_io_executor& executor) {
  if (context.watches.empty()) return;
  edge::Watches& watches = edge::Watches::of(executor);
  for (const auto& watch : context.watches) watches.begin(*watch);
}

}  // namespace

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

// A request on its way through the filters. It stays where it is: filters refer to its context.
struct Pipeline::Passage {
  explicit Passage(edge::Exchange& exchange) : answer(exchange) { answer.add(context); }

  std::shared_ptr<const Pipeline> keep;  // from where it must wait
  std::uint64_t stamp = 0;
  Answer answer;
  Context context{answer};
  std::size_t next = 0;  // filter
  bool failed = false;
};

std::optional<edge::Task<>> Pipeline::handle(edge::Exchange& exchange,
                                             const std::shared_ptr<const Pipeline>& self) const {
  auto passage = std::make_unique<Passage>(exchange);
  passage->stamp = observer_ ? observer_->started() : 0;
  passage->context.dress = dress_.get();
  if (debug_) passage->answer.tell_all();
  bool over = false;
  try {
    over = pass_now(*passage);
  } catch (const std::exception& e) {
    note_fault(*passage, e);
  }
  if (!over) {
    passage->keep = self;
    return pass(std::move(passage));
  }
  end(*passage);
  return std::nullopt;
}

// False: the next filter must wait, or sending the reply.
bool Pipeline::pass_now(Passage& passage) const {
  Context& context = passage.context;
  for (; passage.next != filters_.size(); ++passage.next) {
    Filter& filter = *filters_[passage.next];
    context.answered_by = filter.name();
    const auto verdict = filter.run_now(context);
    if (!verdict) return false;
    if (*verdict == Verdict::answered)
      return !context.reply || passage.answer.respond_now(*context.reply);
  }
  return true;
}

edge::Task<> Pipeline::pass(std::unique_ptr<Passage> passage) const {
  Context& context = passage->context;
  Answer& answer = passage->answer;
  const auto executor = co_await boost::asio::this_coro::executor;
  try {
    // It stands before a filter that must wait, or has a reply whose sending must.
    for (bool over = passage->failed; !over && !context.reply;) {
      begin_watches(context, executor);
      const Verdict verdict = co_await filters_[passage->next++]->run(context);
      over = verdict == Verdict::answered || pass_now(*passage);
    }
    if (context.reply && !answer.answered() && !answer.respond_now(*context.reply)) {
      edge::Response reply = *std::move(context.reply);
      (void)co_await answer.respond(std::move(reply));
    }
  } catch (const std::exception& e) {
    note_fault(*passage, e);
  }
  if (passage->failed && !answer.answered()) {
    edge::Response broken =
        edge::problem_response(wire::Problem(500, "The request could not be handled."));
    (void)co_await answer.respond(std::move(broken));
  }
  end(*passage);
}

void Pipeline::note_fault(Passage& passage, const std::exception& e) {
  passage.failed = true;
  passage.context.fault = e.what();
}

void Pipeline::end(Passage& passage) const {
  Context& context = passage.context;
  if (passage.failed) context.answered_by = {};
  if (!observer_) return;
  const Answer& answer = passage.answer;
  observer_->finished(
      {context, answer.request(), answer.status(), answer.bytes_in(), answer.bytes_out()},
      passage.stamp);
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
