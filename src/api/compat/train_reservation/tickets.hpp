// One ticket for one user: taken, or waited for.
//
// Why:     a hold and its confirmation, both under an id that follows from the user, so that who
//          repeats them (a client, a second worker, a process that died between) takes nothing
//          twice.
// Threads: coroutines of the loop that called.
// Spec:    docs/migrate/train-reservation.md.
#pragma once

#include "api/call.hpp"
#include "api/compat/train_reservation/options.hpp"

#include <optional>
#include <string>

namespace doorward::api::train_reservation {

struct User {
  std::string id;
  SubjectKey key;
};
User user_of(const Desk& desk, std::string id);

enum class Taken {
  reserved,
  already,   // the user had one before
  sold_out,  // or what is left is for those who wait
  locked,    // somebody has the lock
  failed,    // the log takes nothing now
};
enum class Turn { newcomer, next_in_queue };

edge::Task<Taken> take(Desk& desk, const User& user, Turn turn);
bool has_ticket(const Desk& desk, const User& user);

// How many seconds somebody will have the lock at most; absent: nobody has it.
std::optional<std::uint64_t> locked_for(const Desk& desk);

// The inventory, made where there is none.
edge::Task<std::optional<engine::InventoryEntry>> inventory_of(Desk& desk);

inline const Options& options_of(const Desk& desk) { return desk.options.train_reservation; }

}  // namespace doorward::api::train_reservation
