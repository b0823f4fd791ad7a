#include "app/config/compat.hpp"
#include "app/config/form.hpp"

namespace doorward::app::config {
namespace {

// `gatekeeper: false` for short.
void describe_switch(Form& form, SystemSettings& system) {
  form.shorthand("on");
  form.field("on", system.on, "Whether its calls are answered.");
}

}  // namespace

void describe(Form& form, CompatSettings& compat) {
  form.group("wait_queue", "Those of \"Wait queue\".",
             [&](Form& g) { describe_switch(g, compat.wait_queue); });
  form.group("train_reservation", "Those of \"Train ticket reservation\".",
             [&](Form& g) { describe_switch(g, compat.train_reservation); });
  form.group("ticketing_gateway", "Those of \"Ticketing gateway\".",
             [&](Form& g) { describe_switch(g, compat.ticketing_gateway); });
  form.group("gatekeeper", "Those of \"Gatekeeper API\".",
             [&](Form& g) { describe_switch(g, compat.gatekeeper); });
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
