// What `doorward check --explain` says of rate rules, and of paths that are Doorward's own.
//
// Why:     asks the rule set that `serve` would make of the configuration. A request of the command
//          line has neither headers nor an address, so a rule that looks at them is named with that
//          condition.
// Threads: none.
#pragma once

#include "app/config/config.hpp"

#include <string>
#include <string_view>

namespace doorward::app {

struct AskedRequest {
  std::string_view method;
  std::string_view host;
  std::string_view path;
  const route::Route* route = nullptr;  // null: no route takes it
};

// One line, without its end.
std::string explain_rules(const config::Config& config, const AskedRequest& asked);

// Who answers where no route takes the request. One line, without its end.
std::string explain_no_route(const config::Config& config, const AskedRequest& asked);

// A line for where a route takes what Doorward itself would answer; otherwise empty.
std::string explain_own_path(const config::Config& config, const AskedRequest& asked);

}  // namespace doorward::app
