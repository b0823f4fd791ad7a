// Follows a log by a reader of its own: what any shard over that log must come to.
//
// Why:     the shard under test commits, applies and answers; this reads what stands in the log,
//          applies it once, and has the observer look at each entry. Both must agree.
#pragma once

#include "engine/state.hpp"
#include "observer.hpp"
#include "ports/memory/memory_log.hpp"
#include "random.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace doorward::sim {

class Shadow {
 public:
  Shadow(const ports::Clock& clock, std::shared_ptr<ports::MemoryStore> store)
      : log_(clock, std::move(store)) {}

  // Takes in what came since the last call; says which promise broke, if one did.
  std::optional<std::string> follow(Random& random);
  // Whether this command had this outcome where the outcome says.
  bool agrees(const engine::Command& command, const engine::Outcome& outcome) const;
  const engine::State& state() const { return state_; }
  std::uint64_t entries() const { return entries_; }

 private:
  struct Applied {
    std::vector<engine::Command> commands;
    std::vector<engine::Outcome> outcomes;
  };
  // A node's batches follow one another without a gap, or are an earlier one again.
  std::optional<std::string> check_counters(const engine::BatchHeader& header, std::size_t count,
                                            const std::string& bytes);

  ports::MemoryLog log_;
  engine::State state_;
  Observer observer_;
  std::uint64_t entries_ = 0;
  std::map<ports::LogPosition, Applied> applied_;
  std::map<std::uint64_t, std::uint64_t> next_counters_;  // by node
  std::map<std::pair<std::uint64_t, std::uint64_t>, std::string> batches_;
};

}  // namespace doorward::sim
