#include "engine/commands.hpp"

#include "engine/admission.hpp"
#include "engine/digest.hpp"
#include "engine/draw.hpp"
#include "engine/lifecycle.hpp"
#include "engine/locks.hpp"
#include "engine/presence.hpp"
#include "engine/reservations.hpp"
#include "engine/tenancy.hpp"

#include <algorithm>

namespace doorward::engine {
namespace {

using room::CloseReason;
using room::TicketState;

// Of a command that is about no ticket.
Done failed(Status status) { return {status, std::nullopt}; }

// A join by somebody who has a live ticket.
Done join_again(World& world, const Room& room, std::uint32_t ticket) {
  if (world.tickets[ticket].is(TicketState::waiting)) {
    if (room.policy.rejoin == room::Rejoin::to_back) {
      move_to_back(world, ticket);
    } else {
      see(world, ticket);
    }
  }
  return {Status::already, ticket};
}

Done join_newly(World& world, Room& room, const Join& c) {
  const bool would_wait =
      room.asks_for_presence() || room.has_candidates() || !has_free_slot(world, room);
  const Status may = may_join(world, room, c.lane, would_wait);
  if (may != Status::done) return failed(may);
  return {Status::done, join(world, room, {c.ticket, c.subject, *room.find_lane(c.lane)})};
}

class Executor {
 public:
  Executor(World& world, NodeTable::Slot node) : world_(world), node_(node) {}

  Done operator()(const Join& c) {
    Room* room = world_.rooms.find(c.room);
    if (room == nullptr) return failed(Status::no_such_room);
    if (const auto same = world_.tickets.find(c.ticket)) return retried_join(*room, c, *same);
    if (const auto own = world_.tickets.find(room->number, c.subject)) {
      return join_again(world_, *room, *own);
    }
    return join_newly(world_, *room, c);
  }

  Done operator()(const Leave& c) { return end(c.ticket, CloseReason::left); }
  Done operator()(const Finish& c) { return end(c.ticket, CloseReason::finished); }

  Done operator()(const Touch& c) {
    const auto [ticket, status] = live(c.ticket);
    if (status != Status::done) return {status, ticket};
    if (world_.tickets[*ticket].is(TicketState::waiting)) {
      see(world_, *ticket);
      return {Status::done, ticket};
    }
    return {use(world_, *ticket) ? Status::done : Status::already, ticket};
  }

  Done operator()(const PresenceStart& c) {
    const auto [ticket, status] = live(c.ticket);
    if (status != Status::done) return {status, ticket};
    if (!world_.tickets[*ticket].is(TicketState::waiting)) return {Status::already, ticket};
    const bool started = start_presence(world_, *ticket, node_);
    see(world_, *ticket);
    return {started ? Status::done : Status::already, ticket};
  }

  Done operator()(const PresenceEnd& c) {
    const auto [ticket, status] = live(c.ticket);
    if (status != Status::done) return {status, ticket};
    if (!end_presence(world_, *ticket, node_)) return {Status::already, ticket};
    if (world_.tickets[*ticket].is(TicketState::waiting)) mind_presence(world_, *ticket);
    return {Status::done, ticket};
  }

  Done operator()(const SetRoom& c) {
    Room* room = world_.rooms.find(c.room);
    const bool is_new = room == nullptr;
    const Status may = is_new ? may_make_room(world_, c.room) : Status::done;
    if (may != Status::done) return failed(may);
    if (is_new) room = world_.rooms.add(c.room, world_.has_second_rules());
    if (room == nullptr) return failed(Status::too_many_rooms);
    if (!is_new && room->policy == c.policy && room->source == c.source) {
      return failed(Status::already);
    }
    return take_policy(*room, c.policy, c.source);
  }

  Done operator()(const ChangeRoom& c) {
    Room* room = world_.rooms.find(c.room);
    if (room == nullptr) return failed(Status::no_such_room);
    if (room->policy != c.before) return failed(Status::changed);
    return take_policy(*room, c.policy, c.source);
  }

  Done operator()(const RemoveRoom& c) {
    Room* room = world_.rooms.find(c.room);
    if (is_another(c.seen, room == nullptr ? nullptr : &room->policy))
      return failed(Status::changed);
    if (room == nullptr) return failed(Status::no_such_room);
    begin_removal(world_, *room);
    return {};
  }

  Done operator()(const Draw& c) {
    Room* room = world_.rooms.find(c.room);
    if (room == nullptr) return failed(Status::no_such_room);
    if (room->mode == room::Mode::closed) return failed(Status::room_closed);
    if (!room->awaits_draw()) return failed(Status::already);
    start_draw(*room, c.seed_hi, c.seed_lo);
    world_.rooms.mark(room->number);
    return {};
  }

  Done operator()(const NodeStarted& c) {
    world_.remember_closed = c.remember_closed;
    world_.nodes.started(node_, c.place, world_.clock.service_now());
    if (c.rules > world_.version) switch_rules(c.rules);
    return {};
  }

  // Rooms that sell may be as full as they may not have been before, or sell nothing.
  void switch_rules(std::uint16_t version) {
    world_.version = version;
    if (world_.has_fourth_rules()) remove_orphans(world_);
    if (world_.has_third_rules()) return world_.rooms.mark_sellers();
    world_.reserved.inventories.for_each(
        [this](const InventoryState& inventory) { world_.rooms.mark_tied(inventory.name, false); });
  }

  Done operator()(const Tick&) { return {}; }

  Done operator()(const SetRule& c) {
    if (is_another(c.seen, world_.rules.find(c.rule.name))) return failed(Status::changed);
    const Status may = may_make_rule(world_, c.rule.name);
    if (may != Status::done) return failed(may);
    return ruled(c.rule.name, world_.rules.set(c, world_.clock.now()));
  }
  Done operator()(const RemoveRule& c) {
    if (is_another(c.seen, world_.rules.find(c.rule))) return failed(Status::changed);
    return ruled(c.rule, world_.rules.remove(c.rule));
  }

  Done operator()(const SetInventory& c) {
    if (is_another(c.seen, inventory(c.inventory))) return failed(Status::changed);
    const Status may = may_make_inventory(world_, c.inventory);
    return may == Status::done ? set_inventory(world_, c) : failed(may);
  }
  Done operator()(const RemoveInventory& c) {
    if (is_another(c.seen, inventory(c.inventory))) return failed(Status::changed);
    return remove_inventory(world_, c);
  }
  Done operator()(const Hold& c) { return hold(world_, c); }
  Done operator()(const Extend& c) { return extend(world_, c); }
  Done operator()(const Confirm& c) { return confirm(world_, c); }
  Done operator()(const Release& c) { return release(world_, c); }
  Done operator()(const AcquireLock& c) { return acquire_lock(world_, node_, c); }
  Done operator()(const RenewLock& c) { return renew_lock(world_, c); }
  Done operator()(const ReleaseLock& c) { return release_lock(world_, node_, c); }

  Done operator()(const SetTenant& c) {
    if (is_another(c.seen, settings_of(c.tenant))) return failed(Status::changed);
    return of_tenant(world_.tenants.set(c, world_.clock.now()));
  }
  Done operator()(const RemoveTenant& c) {
    if (is_another(c.seen, settings_of(c.tenant))) return failed(Status::changed);
    return of_tenant(remove_tenant(world_, c.tenant));
  }
  Done operator()(const SetTenantKey& c) {
    return of_tenant(world_.tenants.set_key(c, world_.clock.now()));
  }
  Done operator()(const RemoveTenantKey& c) {
    if (is_another(c.seen, world_.tenants.find_key(c.tenant, c.key)))
      return failed(Status::changed);
    return of_tenant(world_.tenants.remove_key(c, world_.clock.now()));
  }

 private:
  struct Found {
    std::optional<std::uint32_t> ticket;
    Status status = Status::done;
  };

  // Nobody was asked before for a sign of life so often: those of one who is absent are for a room
  // of `present_only` by its grace, however short the silence is.
  bool asks_for_signs_more_often(const room::Policy& before, const room::Policy& now) const {
    if (!now.liveness_silence) return false;
    const bool asked_by_grace = world_.has_fifth_rules() && before.present_only;
    if (asked_by_grace && !now.present_only) return true;
    return now.liveness_silence < before.liveness_silence.value_or(Millis::max());
  }

  Done take_policy(Room& room, const room::Policy& policy, SetRoom::Source source) {
    const bool draws_anew =
        policy.order == room::Order::draw && room.policy.order != room::Order::draw;
    const bool is_stricter = asks_for_signs_more_often(room.policy, policy);
    const bool begins_anew = begins_another_beat(room, policy);
    if (!set_policy(room, policy, !world_.has_fifth_rules())) return failed(Status::too_many_lanes);
    if (draws_anew && world_.has_fourth_rules()) room.drawn = false;
    if (is_stricter && world_.has_fourth_rules()) room.silence_since = world_.clock.service_now();
    if (begins_anew && world_.has_fifth_rules()) room.round_at.reset();
    room.source = source;
    world_.rooms.tie(room);
    world_.rooms.mark(room.number);
    world_.changes.rooms.push_back(room.number);
    return {};
  }

  Found live(const TicketId& id) const {
    const auto ticket = world_.tickets.find(id);
    if (!ticket) return {std::nullopt, Status::no_such_ticket};
    const bool over = world_.tickets[*ticket].is(TicketState::closed);
    return {ticket, over ? Status::over : Status::done};
  }

  // Null: there is none.
  const reserve::Inventory* inventory(std::string_view name) const {
    const InventoryState* found = world_.reserved.inventories.find(name);
    return found == nullptr ? nullptr : &found->map->inventory();
  }

  const tenant::Settings* settings_of(std::string_view name) const {
    const tenant::Tenant* tenant = world_.tenants.find(name);
    return tenant == nullptr ? nullptr : &tenant->settings;
  }

  Done ruled(std::string_view rule, Status status) {
    if (status == Status::done) world_.changes.rules.emplace(tenant::split(rule).tenant);
    return failed(status);
  }

  Done of_tenant(Status status) {
    world_.changes.tenants = world_.changes.tenants || status == Status::done;
    return failed(status);
  }

  Done end(const TicketId& id, CloseReason reason) {
    const auto [ticket, status] = live(id);
    if (status == Status::done) close(world_, *ticket, reason);
    return {status, ticket};
  }

  // The join was done before. An id that somebody else has is nobody's business.
  Done retried_join(const Room& room, const Join& c, std::uint32_t index) const {
    const Ticket& ticket = world_.tickets[index];
    if (ticket.subject != c.subject || ticket.room != room.number) {
      return failed(Status::no_such_ticket);
    }
    return {ticket.is(TicketState::closed) ? Status::over : Status::already, index};
  }

  World& world_;
  NodeTable::Slot node_;
};

}  // namespace

Done execute(World& world, NodeTable::Slot node, const Command& command) {
  return std::visit(Executor(world, node), command);
}

}  // namespace doorward::engine
