// A hold as readers see it, and what it costs.
//
// Threads: const-safe.
#pragma once

#include "engine/world.hpp"

#include <cstdint>
#include <vector>

namespace doorward::engine {

// By today's prices: of units by their numbers, or of so many of a count.
std::uint64_t price_of(const InventoryState& inventory, std::uint32_t count,
                       const std::vector<std::uint32_t>& units);
reserve::HoldView view_of_hold(const World& world, std::uint32_t hold);

}  // namespace doorward::engine
