#include "app/config/compat.hpp"
#include "app/config/form.hpp"

namespace doorward::app::config {
namespace {

// `gatekeeper: false` for short.
void describe_switch(Form& form, SystemSettings& system) {
  form.shorthand("on");
  form.field("on", system.on, "Whether its calls are answered.");
}

void describe_ticketing_gateway(Form& form, TicketingGatewaySettings& gateway) {
  describe_switch(form, gateway);
  form.field("room", gateway.room, "The room that is its queue.", Text{"the name of a room", 64});
  form.field("language", gateway.language,
             "Of its messages, whatever a browser asks for: its clients compare the Korean ones.",
             Names<Language>{{"ko", Language::ko}, {"en", Language::en}});
  form.field("envelope", gateway.envelope,
             "Whether Doorward's own errors on routes, and where nothing is served, are in its "
             "envelope.");
  form.field("open_actuator", gateway.open_actuator,
             "Whether `/actuator/gateway/routes` and `/actuator/prometheus` are for everybody who "
             "reaches the main listener.");
}

}  // namespace

void describe(Form& form, CompatSettings& compat) {
  form.group("wait_queue", "Those of \"Wait queue\".",
             [&](Form& g) { describe_switch(g, compat.wait_queue); });
  form.group("train_reservation", "Those of \"Train ticket reservation\".",
             [&](Form& g) { describe_switch(g, compat.train_reservation); });
  form.group("ticketing_gateway", "Those of \"Ticketing gateway\".",
             [&](Form& g) { describe_ticketing_gateway(g, compat.ticketing_gateway); });
  form.group("gatekeeper", "Those of \"Gatekeeper API\".", [&](Form& g) {
    describe_switch(g, compat.gatekeeper);
    g.field("jwt_secret", compat.gatekeeper.jwt_secret,
            "Signs the JWTs (HS256). Absent: each business has a secret of its own.",
            Text{"text", 1'024, nullptr, true});
    compat.gatekeeper.at = g.place("jwt_secret");
  });
  form.group("rate_limiter", "Those of \"Rate limiter with real-time sync\".",
             [&](Form& g) { describe_switch(g, compat.rate_limiter); });
}

std::vector<std::string_view> switched_off(const CompatSettings& compat) {
  std::vector<std::string_view> names;
  const auto add = [&](std::string_view name, const SystemSettings& system) {
    if (!system.on) names.push_back(name);
  };
  add("wait_queue", compat.wait_queue);
  add("train_reservation", compat.train_reservation);
  add("ticketing_gateway", compat.ticketing_gateway);
  add("gatekeeper", compat.gatekeeper);
  add("rate_limiter", compat.rate_limiter);
  return names;
}

}  // namespace doorward::app::config
