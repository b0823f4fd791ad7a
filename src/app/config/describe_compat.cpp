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
  form.group("wait_queue", "Of docs/migrate/wait-queue.md.",
             [&](Form& g) { describe_switch(g, compat.wait_queue); });
  form.group("train_reservation", "Of docs/migrate/train-reservation.md.",
             [&](Form& g) { describe_switch(g, compat.train_reservation); });
  form.group("ticketing_gateway", "Of docs/migrate/ticketing-gateway.md.",
             [&](Form& g) { describe_switch(g, compat.ticketing_gateway); });
  form.group("gatekeeper", "Of docs/migrate/gatekeeper.md.",
             [&](Form& g) { describe_switch(g, compat.gatekeeper); });
  form.group("rate_limiter", "Of docs/migrate/rate-limiter.md.",
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
