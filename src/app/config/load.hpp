// Loading a configuration: file, environment, reading, and the rules across settings.
//
// Why:     one function for `serve`, `check` and a reload: what passes the check also starts.
// Threads: const-safe.
// Bounds:  see document.hpp; a value after substitution at most 64 KiB.
// Errors:  everything wrong is in `problems`; with any error `config` must not be used.
#pragma once

#include "app/config/config.hpp"
#include "app/config/problem.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace doorward::app::config {

// The variables of the process, or of a test.
using Environment = std::vector<std::pair<std::string, std::string>>;
Environment process_environment();

struct Loaded {
  Config config;
  Problems problems;
};

// `text` stands in a file called `name`.
Loaded load_text(std::string_view text, std::string name, const Environment& environment);
// Without a path: the defaults and the environment. What `process` lacks is read from a `.env`.
Loaded load_file(const std::optional<std::string>& path, const Environment& process);

// Steps of the above, for their tests.
void substitute(Node& node, const Environment& environment, Problems& problems);
void override_from(Node& document, const Environment& environment, Problems& problems);
// Unknown rooms and upstreams, routes that can never match, doubled names. Adds the routes of
// `match`.
void check_references(Config& config, Problems& problems);
// What one file holds more of than the log takes.
void check_bounds(const Config& config, Problems& problems);
// One address used twice, everybody trusted, names and methods that are likely slips.
void check_surprises(const Config& config, Problems& problems);

// Whether admin calls are served on `listen` too: nobody but this machine reaches it.
bool serves_admin_beside_visitors(const Config& config);

// Rooms whose `closes_at` is over: for `check`, since a file outlives its sale.
void warn_of_the_past(const Config& config, LogTime now, Problems& problems);

}  // namespace doorward::app::config
