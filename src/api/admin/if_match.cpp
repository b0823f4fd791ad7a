#include "api/admin/if_match.hpp"

#include "base/siphash.hpp"

#include <fmt/format.h>
#include <boost/json/serialize.hpp>

namespace doorward::api::admin {
namespace {

// Others would have to change the thing between each reading and writing.
constexpr int kTries = 16;

}  // namespace

std::string etag_of(const boost::json::object& shown) {
  return fmt::format("\"{:016x}\"", siphash64(SipKey{}, boost::json::serialize(shown)));
}

std::optional<edge::Response> refuse_changed(const Call& call,
                                             const std::optional<std::string>& present) {
  const auto wanted = call.head().fields.find("If-Match");
  if (!wanted || (present && (*wanted == "*" || *wanted == *present))) return std::nullopt;
  return gateway::answer(gateway::problems::kChanged, "Read it again: it is another now.");
}

edge::Task<Done> do_next(Desk& desk, const NextStep& next) {
  for (int i = 0; i < kTries; ++i) {
    Step step = next();
    if (step.has_error()) co_return Done(std::move(step.error()));
    auto outcome = co_await gateway::await_shard(desk.shard(), std::move(*step));
    if (outcome.has_error()) {
      edge::Response refused = gateway::answer(gateway::refusal(outcome.error()));
      co_return Done(std::move(refused));
    }
    if (outcome->status != engine::Status::changed) co_return Done(std::move(*outcome));
  }
  edge::Response refused =
      gateway::answer(gateway::problems::kOverloaded, "Others change it all the time.");
  co_return Done(std::move(refused));
}

}  // namespace doorward::api::admin
