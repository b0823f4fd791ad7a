// The systems whose clients may stay as they are: which are on, and what each may be told.
//
// Why:     each is on by default and can be switched off; a route of the operator's wins over any.
// Threads: plain values.
// Spec:    docs/configuration.md, "compat"; docs/migrate/.
#pragma once

#include "api/compat/train_reservation/options.hpp"
#include "api/compat/wait_queue/options.hpp"
#include "app/config/document.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace doorward::app::config {

class Form;

struct SystemSettings {
  bool on = true;
  friend bool operator==(const SystemSettings&, const SystemSettings&) = default;
};

struct GatekeeperSettings : SystemSettings {
  std::string jwt_secret;
  Place at;
  // Wherever it stands.
  friend bool operator==(const GatekeeperSettings& a, const GatekeeperSettings& b) {
    return a.on == b.on && a.jwt_secret == b.jwt_secret;
  }
};

enum class Language : std::uint8_t { ko, en };

struct TicketingGatewaySettings : SystemSettings {
  std::string room = "ticketing-gateway";
  Language language = Language::ko;
  bool envelope = false;
  bool open_actuator = false;
  friend bool operator==(const TicketingGatewaySettings&,
                         const TicketingGatewaySettings&) = default;
};

struct CompatSettings {
  bool named = false;  // the configuration says something of them
  api::wait_queue::Options wait_queue;
  api::train_reservation::Options train_reservation;
  TicketingGatewaySettings ticketing_gateway;
  GatekeeperSettings gatekeeper;
  SystemSettings rate_limiter;
};

void describe(Form& form, CompatSettings& compat);

// The names of those that are not on, as the API knows them.
std::vector<std::string_view> switched_off(const CompatSettings& compat);

}  // namespace doorward::app::config
