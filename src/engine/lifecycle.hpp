// The steps of a ticket's life: waiting → admitted → closed → forgotten.
//
// Why:     the only functions that change a ticket's state, so that lines, counts, deadlines and
//          presences always agree with it. Whether a step may be taken is decided elsewhere.
// Time:    O(log n) each.
// Spec:    docs/rooms.md.
#pragma once

#include "engine/world.hpp"

namespace doorward::engine {

struct Newcomer {
  TicketId id;
  SubjectKey subject;
  std::uint32_t lane = 0;
};

// A new ticket at the end of its lane.
std::uint32_t join(World& world, Room& room, const Newcomer& newcomer);
// From wherever it waits to the end of its lane.
void move_to_back(World& world, std::uint32_t ticket);
// A waiter gave a sign of life; one that was passed over lines up for the next free slot.
void see(World& world, std::uint32_t ticket);
// A waiter's streams changed: the line knows who is here, and a room of `present_only` for how long
// it keeps the place of somebody who is not.
void mind_presence(World& world, std::uint32_t ticket);
// Its turn came and it was silent: keep it aside for the grace time.
void pass_over(World& world, std::uint32_t ticket);
void admit(World& world, std::uint32_t ticket);
// An admitted visitor arrived, or went on using the session. False if that changed nothing.
bool use(World& world, std::uint32_t ticket);
void close(World& world, std::uint32_t ticket, room::CloseReason reason);
// The deadline of this ticket passed.
void fall_due(World& world, std::uint32_t ticket);

}  // namespace doorward::engine
