// Commands with every field that there is, for the tests of their bytes.
#pragma once

#include "engine/record.hpp"

#include <string>
#include <vector>

namespace doorward::engine {

room::Policy full_policy();
room::Policy newest_policy();
limit::Quota quota(limit::Algorithm algorithm, std::uint64_t limit, Millis window);
limit::Rule small_rule();
limit::Rule full_rule();

// As long as a rule may be.
limit::Rule largest_rule();
reserve::Inventory full_inventory();
reserve::Inventory largest_inventory();
tenant::Settings full_settings();
limit::Rule rule_of_tenant();
std::vector<Command> every_command();

}  // namespace doorward::engine
