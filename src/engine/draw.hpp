// The draw: every waiter of a room gets a new place, in an order that follows from the seed.
//
// Why:     entrant i of the n in a lane (from 0, in order of arrival) gets place π(i) of a
//          permutation that anybody can recompute. It is built beside the old line and swapped in,
//          so that it can be done in slices; until the end nobody has a position.
// Spec:    docs/rooms.md, "Draw"; base/permutation.hpp. Lane number l takes the seed (hi, lo + l).
#pragma once

#include "engine/world.hpp"

namespace doorward::engine {

struct DrawJob {
  std::uint64_t seed_hi = 0;
  std::uint64_t seed_lo = 0;
  std::size_t lane = 0;     // being drawn
  std::uint64_t drawn = 0;  // entrants of it that have their place
  Line line;                // being built
};

void start_draw(Room& room, std::uint64_t seed_hi, std::uint64_t seed_lo);
// Goes on with the room's draw; false if the budget ran out.
bool draw_some(World& world, Room& room, Budget& budget);

}  // namespace doorward::engine
