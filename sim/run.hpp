// One history: a script, a log, a state that crashes and comes back, and an observer.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace doorward::sim {

struct Report {
  std::uint64_t entries = 0;
  std::uint64_t crashes = 0;
  std::uint64_t skips = 0;  // over entries that were trimmed before a node read them
  std::optional<std::string> failure;
};

Report run(std::uint64_t seed, bool is_told);

}  // namespace doorward::sim
