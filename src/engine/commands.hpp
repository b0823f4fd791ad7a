// What each command does at once. What follows from it (admissions, a closing, a draw) is done by
// `settle`, in slices.
//
// Errors:  a command that cannot be done changes nothing and says why by its Status.
#pragma once

#include "engine/world.hpp"

#include <optional>
#include <string>
#include <vector>

namespace doorward::engine {

struct Done {
  Status status = Status::done;
  std::optional<std::uint32_t> ticket;  // whose view goes into the outcome
  std::optional<std::uint32_t> hold = {};
  std::optional<reserve::LockView> lock = {};
  std::vector<std::string> taken = {};
};

// `node` is the slot of the node that wrote the command.
Done execute(World& world, NodeTable::Slot node, const Command& command);

}  // namespace doorward::engine
