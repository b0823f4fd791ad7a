#include "api/api.hpp"

#include "api/compat/rate_limiter/rate_limiter.hpp"
#include "api/dashboard/dashboard.hpp"
#include "api/router.hpp"

#include <fmt/format.h>

namespace doorward::api {
namespace {

namespace problems = gateway::problems;

edge::Response refuse(const Found& found, const wire::RequestHead& head) {
  if (found.allow.empty()) {
    return gateway::answer(problems::kNoEndpoint, "See /openapi.json for what there is.");
  }
  edge::Response response =
      gateway::answer(problems::kNoMethod, fmt::format("{} is not allowed here.", head.method));
  if (head.method == "OPTIONS") {
    response = no_content();
  }
  response.head.fields.append("Allow", found.allow);
  return response;
}

}  // namespace

bool Api::is_reserved(std::string_view path) {
  return path.starts_with("/.doorward/") || path == "/.doorward";
}

bool Api::owns(std::string_view path) const {
  if (desk_.options.rate_limiter && rate_limiter::owns(path)) return true;
  return is_reserved(path) || path.starts_with("/v1/") || path == kDashboardPath ||
         path == "/openapi.json" || path == "/.well-known/jwks.json";
}

edge::Task<> Api::serve(edge::Exchange& exchange, const gateway::Client& client) {
  const wire::RequestHead& head = exchange.request();
  const Found found = find_endpoint(head.method, head.path);
  Answer answer;
  if (is_dashboard(head.path)) {
    Call call{exchange, client};
    answer = dashboard(desk_, call);
  } else if (desk_.options.rate_limiter && rate_limiter::owns(head.path)) {
    Call call{exchange, client};
    answer = co_await rate_limiter::serve(desk_, call);
  } else if (found.endpoint == nullptr) {
    answer = refuse(found, head);
  } else {
    Call call{exchange, client, found.room, found.ticket, found.rule};
    answer = co_await found.endpoint(desk_, call);
  }
  // A failed write only means that the peer is gone.
  if (answer && !exchange.answered())
    static_cast<void>(co_await exchange.respond(std::move(*answer)));
}

}  // namespace doorward::api
