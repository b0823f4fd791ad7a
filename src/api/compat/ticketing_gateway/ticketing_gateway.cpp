#include "api/compat/ticketing_gateway/ticketing_gateway.hpp"

#include "api/compat/ticketing_gateway/calls.hpp"
#include "api/compat/ticketing_gateway/envelope.hpp"

namespace doorward::api::ticketing_gateway {
namespace {

constexpr std::string_view kQueue = "/api/v1/queue/";

constexpr compat::Row kRows[] = {
    {"POST", "/api/v1/queue/lineup", line_up},
    {"GET", "/api/v1/queue/status", status},
    {"DELETE", "/api/v1/queue/allowed-in-token", remove_pass},
    {"DELETE", "/api/v1/queue/waiting-token", remove_place},
    {"GET", "/api/v1/queue/stream", stream},
    {"GET", "/actuator/health", health},
    {"GET", "/actuator/health/liveness", health},
    {"GET", "/actuator/health/readiness", health},
    {"GET", "/actuator/gateway/routes", routes},
    {"GET", "/actuator/prometheus", prometheus},
    {"GET", "/swagger-ui.html", swagger_page},
    {"GET", "/swagger-ui/index.html", swagger_page},
    {"GET", "/v3/api-docs", api_docs},
};

bool is_user(const Desk& desk, const Call& call) {
  const auto& services = desk.places.services();
  return services.identities.identify(call.head(), desk.places.now()).caller ==
         gateway::Caller::user;
}

// A stranger learns nothing of what there is.
edge::Response refuse(const Desk& desk, const Call& call, unsigned status, std::string_view) {
  const auto& clock = desk.places.services().clock;
  const std::string& path = call.head().path;
  if (path.starts_with(kQueue) && !is_user(desk, call))
    return login_needed(clock, messages_of(desk), path);
  return by_status(clock, messages_of(desk), status, path);
}

}  // namespace

constinit const compat::System kSystem{"ticketing_gateway", kRows, refuse};

}  // namespace doorward::api::ticketing_gateway
