#include "engine/locks.hpp"

#include "engine/tenancy.hpp"

#include <algorithm>

namespace doorward::engine {
namespace {

using reserve::Lock;
using reserve::LockVerdict;
using reserve::LockView;

LockView view_of(const World& world, const Lock& lock, const reserve::LockId& id) {
  LockView view;
  view.id = id;
  view.waiting = static_cast<std::uint32_t>(lock.waiters().size());
  if (!lock.holder()) return view;
  view.expires_at = world.clock.shown(lock.holder()->until);
  view.is_held = lock.holder()->id == id;
  if (view.is_held) view.fence = lock.holder()->fence;
  return view;
}

// The wait of this one is over; it still refers to its node.
void report(World& world, const Lock& lock, const reserve::LockRequest& request, Status status) {
  const std::uint64_t node = world.nodes.id_of(request.node);
  world.changes.grants.push_back({request.id, status, view_of(world, lock, request.id), node});
}

// Gives a free lock to the first waiter who is still there.
void pass_on(World& world, Lock& lock) {
  const ServiceTime now = world.clock.service_now();
  while (lock.is_free()) {
    const auto next = lock.take_next();
    if (!next) return;
    const bool is_there = world.nodes.is_alive(next->request.node, now);
    if (is_there) lock.give(next->request, now, ++world.reserved.fence);
    report(world, lock, next->request, is_there ? Status::done : Status::lock_busy);
    world.nodes.release(next->request.node);
  }
}

Done done_with(Status status, LockView view) {
  Done done;
  done.status = status;
  done.lock = view;
  return done;
}

Status status_of(LockVerdict verdict) {
  switch (verdict) {
    case LockVerdict::held: return Status::done;
    case LockVerdict::already: return Status::already;
    case LockVerdict::queued: return Status::lock_queued;
    case LockVerdict::busy: return Status::lock_busy;
    case LockVerdict::too_many: return Status::too_many_waiters;
    case LockVerdict::not_yours: return Status::lock_lost;
  }
  return Status::lock_lost;
}

// A call again by the same id: its first may have been at a node that is no more.
// One who does not want to wait any more is answered at once.
void wait_here(World& world, Lock& lock, const reserve::LockRequest& request) {
  const auto before = lock.wait_anew(request, world.clock.service_now());
  if (!before) return;
  world.nodes.release(*before);
  world.nodes.refer(request.node);
  if (request.wait > Millis(0)) return;
  report(world, lock, request, Status::lock_busy);
  world.nodes.release(request.node);
  lock.release(request.id, 0);
}

}  // namespace

Done acquire_lock(World& world, NodeTable::Slot node, const AcquireLock& c) {
  LockTable& locks = world.reserved.locks;
  const Status may = may_lock(world, c.lock);
  if (may != Status::done) return done_with(may, {c.id, false, 0, {}, 0});
  Lock* lock = locks.open(c.lock);
  if (lock == nullptr) return done_with(Status::too_many_locks, {c.id, false, 0, {}, 0});
  const std::size_t waiting = lock->waiters().size();
  reserve::LockRequest request{c.id, c.lease, c.wait, node};
  if (world.has_second_rules()) wait_here(world, *lock, request);
  if (!may_wait_for_lock(world, c.lock)) request.wait = Millis(0);
  const LockVerdict verdict =
      lock->acquire(request, world.clock.service_now(), world.reserved.fence + 1);
  if (verdict == LockVerdict::held) ++world.reserved.fence;
  if (lock->waiters().size() > waiting) world.nodes.refer(node);
  const LockView view = view_of(world, *lock, c.id);
  locks.keep(c.lock);
  return done_with(status_of(verdict), view);
}

Done renew_lock(World& world, const RenewLock& c) {
  if (world.reserved.locks.find(c.lock) == nullptr)
    return done_with(Status::lock_lost, {c.id, false, 0, {}, 0});
  Lock* lock = world.reserved.locks.open(c.lock);
  const LockVerdict verdict = lock->renew(c.id, c.fence, c.lease, world.clock.service_now());
  const LockView view = view_of(world, *lock, c.id);
  world.reserved.locks.keep(c.lock);
  return done_with(status_of(verdict), view);
}

Done release_lock(World& world, NodeTable::Slot node, const ReleaseLock& c) {
  const Done lost = done_with(Status::lock_lost, {c.id, false, 0, {}, 0});
  if (world.reserved.locks.find(c.lock) == nullptr) return lost;
  Lock* lock = world.reserved.locks.open(c.lock);
  const auto is_own = [&](const Lock::Waiter& waiter) { return waiter.request.id == c.id; };
  const auto waiter = std::ranges::find_if(lock->waiters(), is_own);
  const bool waits = waiter != lock->waiters().end();
  // Who hung up at one node may have called again at another.
  if (waits && world.has_second_rules() && waiter->request.node != node) return lost;
  if (waits) {
    report(world, *lock, waiter->request, Status::lock_lost);
    world.nodes.release(waiter->request.node);
  }
  const LockVerdict verdict = lock->release(c.id, c.fence);
  pass_on(world, *lock);
  const LockView view = view_of(world, *lock, c.id);
  world.reserved.locks.keep(c.lock);
  return done_with(verdict == LockVerdict::not_yours ? Status::lock_lost : Status::done, view);
}

bool drop_locks(World& world, Budget& budget) {
  std::string& tenant = world.reserved.removing_locks_of;
  while (const auto name = world.reserved.locks.any_of(tenant)) {
    if (!budget.take()) return false;
    Lock* lock = world.reserved.locks.open(*name);
    while (const auto waiter = lock->take_next()) {
      report(world, *lock, waiter->request, Status::no_such_tenant);
      world.nodes.release(waiter->request.node);
    }
    lock->release(lock->holder()->id, 0);
    world.reserved.locks.keep(*name);
  }
  tenant.clear();
  return true;
}

bool fall_due_locks(World& world, Budget& budget) {
  const ServiceTime now = world.clock.service_now();
  while (budget.left > 0) {
    const auto name = world.reserved.locks.due(now);
    if (!name) return true;
    budget.take();
    Lock* lock = world.reserved.locks.open(*name);
    for (const Lock::Waiter& ended : lock->fall_due(now)) {
      report(world, *lock, ended.request, Status::lock_busy);
      world.nodes.release(ended.request.node);
    }
    pass_on(world, *lock);
    world.reserved.locks.keep(*name);
  }
  return false;
}

}  // namespace doorward::engine
