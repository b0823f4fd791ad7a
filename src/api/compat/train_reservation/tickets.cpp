#include "api/compat/train_reservation/tickets.hpp"

#include "gateway/await_shard.hpp"
#include "wire/rate_limit/headers.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace doorward::api::train_reservation {
namespace {

using engine::Status;
using reserve::HoldId;
using reserve::HoldState;

// A ticket that was given back stays known for a while; the next one of its user has another id.
constexpr int kMostAgain = 16;

// Of the inventory as it is: one that was reset has another number while a hold of it is known.
HoldId hold_of(const Desk& desk, const engine::InventoryEntry& inventory, const User& user,
               int again) {
  const Hash128 id = desk.places.services().identities.derive(
      "train_reservation hold",
      fmt::format("{}\n{}\n{}", inventory.number, to_string(user.key), again));
  return {id.hi, id.lo};
}

std::uint32_t waiting(const Desk& desk) {
  const auto queue = desk.shard().room(options_of(desk).room);
  return queue ? queue->view.waiting : 0;
}

Taken why_not(const Result<engine::Outcome>& outcome) {
  if (outcome.has_error()) return Taken::failed;
  switch (outcome->status) {
    case Status::sold_out:
    case Status::too_few: return Taken::sold_out;
    case Status::subject_limit: return Taken::already;
    default: return Taken::failed;
  }
}

bool is_there(const Result<engine::Outcome>& outcome) {
  return outcome && (outcome->status == Status::done || outcome->status == Status::already);
}

edge::Task<Taken> confirm(Desk& desk, const User& user, const HoldId& id) {
  const std::string& inventory = options_of(desk).inventory;
  // Who got the lock before this hold was made has it still, or is done.
  if (locked_for(desk)) {
    const engine::Command release = engine::Release{inventory, id, user.key, 0};
    static_cast<void>(co_await gateway::await_shard(desk.shard(), release));
    co_return Taken::locked;
  }
  const engine::Command command = engine::Confirm{inventory, id, user.key, 0};
  const auto outcome = co_await gateway::await_shard(desk.shard(), command);
  if (!is_there(outcome)) co_return Taken::failed;
  co_return outcome->status == Status::done ? Taken::reserved : Taken::already;
}

}  // namespace

User user_of(const Desk& desk, std::string id) {
  const Hash128 key = desk.places.services().identities.derive("train_reservation user", id);
  return {std::move(id), {key.hi, key.lo}};
}

std::optional<std::uint64_t> locked_for(const Desk& desk) {
  const auto lock = desk.shard().lock(options_of(desk).lock);
  if (!lock || !lock->is_held) return std::nullopt;
  const LogTime now = desk.places.now();
  const Millis left = lock->expires_at ? *lock->expires_at - now : Millis{0};
  return std::max<std::uint64_t>(wire::ceil_seconds(left), 1);
}

edge::Task<std::optional<engine::InventoryEntry>> inventory_of(Desk& desk) {
  auto found = desk.shard().inventory(options_of(desk).inventory);
  if (found) co_return found;
  reserve::Inventory spec;
  spec.count = options_of(desk).stock;
  const engine::Command make = engine::SetInventory{options_of(desk).inventory, std::move(spec)};
  static_cast<void>(co_await gateway::await_shard(desk.shard(), make));
  co_return desk.shard().inventory(options_of(desk).inventory);
}

bool has_ticket(const Desk& desk, const User& user) {
  const auto inventory = desk.shard().inventory(options_of(desk).inventory);
  for (int again = 0; inventory && again < kMostAgain; ++again) {
    const auto hold = desk.shard().hold(hold_of(desk, *inventory, user, again));
    if (!hold) return false;
    if (hold->state == HoldState::confirmed) return true;
  }
  return false;
}

edge::Task<Taken> take(Desk& desk, const User& user, Turn turn) {
  for (int again = 0; again < kMostAgain; ++again) {
    auto inventory = desk.shard().inventory(options_of(desk).inventory);
    if (!inventory) inventory = co_await inventory_of(desk);
    if (!inventory) co_return Taken::failed;
    const HoldId id = hold_of(desk, *inventory, user, again);
    const auto before = desk.shard().hold(id);
    if (before && before->state == HoldState::over) continue;
    if (before && before->state == HoldState::confirmed) co_return Taken::already;
    const std::uint32_t ahead = turn == Turn::newcomer ? waiting(desk) : 0;
    if (!before && inventory->available() <= ahead) co_return Taken::sold_out;
    const engine::Command hold =
        engine::Hold{options_of(desk).inventory, user.key, id, options_of(desk).lease, 1, {}};
    const auto outcome = co_await gateway::await_shard(desk.shard(), hold);
    if (outcome && outcome->status == Status::hold_over) continue;
    if (!is_there(outcome)) co_return why_not(outcome);
    co_return co_await confirm(desk, user, id);
  }
  co_return Taken::failed;
}

}  // namespace doorward::api::train_reservation
