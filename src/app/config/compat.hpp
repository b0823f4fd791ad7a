// The systems whose clients may stay as they are: which are on, and what each may be told.
//
// Why:     each is on by default and can be switched off; a route of the operator's wins over any.
// Threads: plain values.
// Spec:    docs/configuration.md, "compat"; docs/migrate/.
#pragma once

#include <string_view>
#include <vector>

namespace doorward::app::config {

class Form;

struct SystemSettings {
  bool on = true;
  friend bool operator==(const SystemSettings&, const SystemSettings&) = default;
};

struct CompatSettings {
  SystemSettings wait_queue;
  SystemSettings train_reservation;
  SystemSettings ticketing_gateway;
  SystemSettings gatekeeper;
  SystemSettings rate_limiter;
};

void describe(Form& form, CompatSettings& compat);

// The names of those that are not on, as the API knows them.
std::vector<std::string_view> switched_off(const CompatSettings& compat);

}  // namespace doorward::app::config
