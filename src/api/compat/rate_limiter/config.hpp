// A configuration of the rate limiter, and the rule that it stands for.
//
// Why:     a configuration is a rule in other words, so that either API shows what the other made.
//          Where a rule cannot say what was asked for (a refill rate beside a window), that stands
//          in its description, and is shown as long as it means the rule's quota.
// Threads: pure functions.
// Errors:  Faults, each with the member's name.
// Spec:    docs/migrate/rate-limiter.md.
#pragma once

#include "api/compat/fastapi.hpp"
#include "core/limit/rule_set.hpp"

#include <boost/json/object.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace doorward::api::rate_limiter {

enum class Algorithm : std::uint8_t { sliding_window, fixed_window, token_bucket };

struct Config {
  std::string endpoint;
  std::uint64_t requests = 0;
  std::uint64_t window_s = 0;
  Algorithm algorithm = Algorithm::sliding_window;
  std::optional<std::uint64_t> burst = {};  // absent: as much as `requests`
  std::optional<double> refill = {};        // per second; absent: `requests` in the window
  bool active = true;
};

using compat::Fault;
using compat::Faults;

// Members that are missing keep what `config` has; those of `needed` must be there.
enum class Needed : std::uint8_t { all, none };
Faults read_config(const boost::json::object& said, Needed needed, Config& config);

// With a leading slash, which may be left out.
std::string endpoint_of(std::string_view said);
bool same_endpoint(std::string_view a, std::string_view b);

// The rule of `config`: `base` with another path, quota, description and switch.
limit::Rule rule_of(const Config& config, limit::Rule base);
limit::Rule new_rule(const Config& config);
// Of the rule that is made for an endpoint.
std::string rule_name(std::string_view endpoint);
// What is wrong with it, in the words of a configuration.
Faults faults_of(const limit::Rule& rule, const Config& config);

// Absent: the rule says more than a configuration can.
std::optional<Config> config_of(const limit::Rule& rule);
boost::json::object config_json(const limit::RuleEntry& entry, const Config& config);

}  // namespace doorward::api::rate_limiter
