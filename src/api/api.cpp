#include "api/api.hpp"

#include "api/dashboard/dashboard.hpp"
#include "api/docs/docs.hpp"
#include "api/openapi/document.hpp"
#include "api/router.hpp"
#include "api/scope.hpp"

#include <fmt/format.h>

namespace doorward::api {
namespace {

namespace problems = gateway::problems;

edge::Response refuse(const Found& found, const wire::RequestHead& head) {
  if (found.allow.empty()) {
    return gateway::answer(problems::kNoEndpoint,
                           "See /.doorward/v1/openapi.json for what there is.");
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

Api::Api(gateway::Places& places, TicketStreams& streams, gateway::Pages& pages, Counting counting,
         live::Live& live, ApiOptions options)
    : systems_(options.switched_off),
      desk_{places, streams, pages, counting, live, std::move(options), document(systems_.on())} {}

bool Api::is_reserved(std::string_view path) {
  return path.starts_with("/.doorward/") || path == "/.doorward";
}

bool Api::owns(std::string_view path) const {
  return systems_.owns(path) || is_reserved(path) || path.starts_with("/v1/") || is_docs(path) ||
         path == kDashboardPath || path == "/openapi.json" || path == "/.well-known/jwks.json";
}

std::optional<edge::Response> Api::answer_now(gateway::Context& context) {
  Call call{context};
  if (auto answer = systems_.answer_now(desk_, call)) return answer;
  // A tenant's calls are counted before they are answered, and must not be twice.
  if (call.head().fields.contains("X-API-Key")) return std::nullopt;
  const Found found = find_quick(call.head().method, call.head().path);
  if (found.quick == nullptr) return std::nullopt;
  if (auto refused = enter_scope(desk_, call, found)) return refused;
  return found.quick(desk_, call);
}

// The call's own coroutine. Absent: it was answered at once.
std::optional<edge::Task<Answer>> Api::begin(Call& call, Answer& answer) {
  const wire::RequestHead& head = call.head();
  if (is_dashboard(head.path)) {
    answer = dashboard(desk_, call);
  } else if (is_docs(head.path)) {
    answer = docs(call);
  } else if (systems_.owns(head.path)) {
    return systems_.serve(desk_, call);
  } else if (const Found found = find_endpoint(head.method, head.path); found.endpoint == nullptr) {
    answer = refuse(found, head);
  } else {
    answer = enter_scope(desk_, call, found);
    if (!answer) return found.endpoint(desk_, call);
  }
  return std::nullopt;
}

edge::Task<> Api::serve(gateway::Context& context) {
  Call call{context};
  edge::Exchange& exchange = context.exchange;
  Answer answer;
  auto rest = begin(call, answer);
  if (rest) answer = co_await *std::move(rest);
  if (answer) admin::tell_change(desk_, call, *answer);
  // A failed write only means that the peer is gone.
  if (!answer || exchange.answered() || exchange.respond_now(*answer)) co_return;
  static_cast<void>(co_await exchange.respond(std::move(*answer)));
}

}  // namespace doorward::api
