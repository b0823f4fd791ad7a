// Who enters a room now.
//
// Why:     the one place that decides admissions. A newcomer never overtakes a waiter of the same
//          lane; a free slot is filled at once, in the record that freed it; whoever is silent when
//          the turn comes is passed over and holds nobody up.
// Time:    an admission takes the time of the record that caused it.
// Spec:    docs/rooms.md, "Admission".
#pragma once

#include "engine/world.hpp"

#include <string_view>

namespace doorward::engine {

// Whether somebody could enter now if somebody waited.
bool has_free_slot(World& world, Room& room);
// Whether only its rate, or its rounds, may keep the next one out.
bool lets_in(const World& world, const Room& room);
// Whether a newcomer may join such a lane, who would wait or not.
Status may_join(const World& world, const Room& room, std::string_view lane, bool would_wait);
// Most sessions at once: by the policy, and by what is left of what the room sells.
std::optional<std::uint32_t> capacity_of(const World& world, const Room& room);
// Whether nothing of what the room sells is available.
bool is_sold_out(const World& world, const Room& room);
// When time alone will change something in this room.
std::optional<LogTime> next_wake(const World& world, const Room& room);

// Brings a marked room to rest: its mode by the time, closing, draw, removal, admissions, and when
// time alone will change it next. False if the budget ran out; then call again.
bool settle(World& world, Room& room, Budget& budget);
// The room is to be removed by `settle`, with others of the same record.
void begin_removal(World& world, Room& room);
// Whether the beat of the rounds that are to come is none under that policy: the next one would be
// too soon for a slower beat, or is not at the opening. A faster beat holds by itself.
bool begins_another_beat(const Room& room, const room::Policy& wanted);
// What the record's time brought is done; nothing that its commands free is part of a round.
void close_rounds(World& world);

}  // namespace doorward::engine
