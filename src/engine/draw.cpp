#include "engine/draw.hpp"

#include "base/permutation.hpp"

namespace doorward::engine {
namespace {

bool draw_lane(World& world, LaneState& lane, DrawJob& job, Budget& budget) {
  const std::uint64_t count = lane.front.count();
  if (count == 0) return true;
  const std::uint64_t begin = lane.front.end();
  if (job.drawn == 0) {
    job.line = Line(begin);
    job.line.extend(count);
  }
  const SipKey key{.lo = job.seed_lo + job.lane, .hi = job.seed_hi};
  const Permutation place_of(key, count);
  for (; job.drawn < count; ++job.drawn) {
    if (!budget.take()) return false;
    const std::uint32_t ticket = *lane.front.nth(job.drawn);
    const Line::Place place = begin + place_of(job.drawn);
    job.line.set(place, ticket);
    job.line.set_here(place, world.tickets[ticket].node != 0);
    world.tickets.edit(ticket).place = place;
  }
  lane.front = std::move(job.line);
  return true;
}

}  // namespace

void start_draw(Room& room, std::uint64_t seed_hi, std::uint64_t seed_lo) {
  room.draw = std::make_unique<DrawJob>();
  room.draw->seed_hi = seed_hi;
  room.draw->seed_lo = seed_lo;
}

bool draw_some(World& world, Room& room, Budget& budget) {
  DrawJob& job = *room.draw;
  for (; job.lane < room.lanes.size(); ++job.lane) {
    if (!draw_lane(world, room.lanes[job.lane], job, budget)) return false;
    job.drawn = 0;
  }
  room.draw.reset();
  room.drawn = true;
  world.changes.rooms.push_back(room.number);
  return true;
}

}  // namespace doorward::engine
