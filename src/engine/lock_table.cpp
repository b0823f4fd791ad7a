#include "engine/lock_table.hpp"

#include "core/name.hpp"
#include "core/tenant/tenant.hpp"

#include <deque>

namespace doorward::engine {
namespace {

using reserve::Lock;

void put_id(ByteWriter& out, const reserve::LockId& id) {
  out.u64(id.hi);
  out.u64(id.lo);
}

reserve::LockId get_id(ByteReader& in) {
  reserve::LockId id;
  id.hi = in.u64();
  id.lo = in.u64();
  return id;
}

ServiceTime get_time(ByteReader& in) { return ServiceTime(Millis(in.i64())); }

Lock::Waiter get_waiter(ByteReader& in) {
  Lock::Waiter waiter;
  waiter.request.id = get_id(in);
  waiter.request.lease = Millis(in.i64());
  waiter.request.wait = Millis(in.i64());
  waiter.request.node = in.u32();
  waiter.until = get_time(in);
  return waiter;
}

}  // namespace

const Lock* LockTable::find(std::string_view name) const {
  const auto found = locks_.find(name);
  return found == locks_.end() ? nullptr : &found->second.lock;
}

Lock* LockTable::open(std::string_view name) {
  const auto found = locks_.find(name);
  if (found != locks_.end()) return &found->second.lock;
  if (locks_.size() >= kMaxLocks) return nullptr;
  count(name, 1, 0);
  return &locks_[std::string(name)].lock;
}

void LockTable::count(std::string_view name, std::int64_t locks, std::int64_t waiters) {
  const auto use = uses_.try_emplace(std::string(tenant::split(name).tenant)).first;
  use->second.locks += static_cast<std::size_t>(locks);
  use->second.waiters += static_cast<std::size_t>(waiters);
  waiting_ += static_cast<std::size_t>(waiters);
  if (use->second.locks == 0) uses_.erase(use);
}

LockTable::Use LockTable::use_of(std::string_view tenant) const {
  const auto found = uses_.find(tenant);
  return found == uses_.end() ? Use{} : found->second;
}

std::optional<std::string> LockTable::any_of(std::string_view tenant) const {
  const std::string prefix = tenant::full_name(tenant, "");
  const auto found = locks_.lower_bound(prefix);
  if (found == locks_.end() || !found->first.starts_with(prefix)) return std::nullopt;
  return found->first;
}

void LockTable::keep(std::string_view name) {
  const auto found = locks_.find(name);
  if (found == locks_.end()) return;
  Entry& entry = found->second;
  if (entry.due) due_.erase({*entry.due, found->first});
  const std::size_t waiters = entry.lock.waiters().size();
  const bool is_over = entry.lock.is_idle();
  count(name, is_over ? -1 : 0,
        static_cast<std::int64_t>(waiters) - static_cast<std::int64_t>(entry.waiters));
  entry.waiters = waiters;
  if (is_over) {
    locks_.erase(found);
    return;
  }
  entry.due = entry.lock.next_due();
  due_.emplace(*entry.due, found->first);
}

std::optional<ServiceTime> LockTable::first_due() const {
  return due_.empty() ? std::nullopt : std::optional(due_.begin()->first);
}

std::optional<std::string> LockTable::due(ServiceTime now) const {
  if (due_.empty() || due_.begin()->first > now) return std::nullopt;
  return due_.begin()->second;
}

bool LockTable::restore(std::string name, Lock lock) {
  const bool in_order = locks_.empty() || locks_.rbegin()->first < name;
  if (!in_order || !lock.holder() || locks_.size() >= kMaxLocks) return false;
  count(name, 1, 0);
  const auto at = locks_.emplace_hint(locks_.end(), std::move(name), Entry{std::move(lock), 0, {}});
  keep(at->first);
  return waiting_ <= kMaxAllWaiters;
}

void write_lock(ByteWriter& out, std::string_view name, const Lock& lock) {
  out.text(name);
  put_id(out, lock.holder()->id);
  out.varint(lock.holder()->fence);
  out.i64(lock.holder()->until.time_since_epoch().count());
  out.varint(lock.waiters().size());
  for (const Lock::Waiter& waiter : lock.waiters()) {
    put_id(out, waiter.request.id);
    out.i64(waiter.request.lease.count());
    out.i64(waiter.request.wait.count());
    out.u32(waiter.request.node);
    out.i64(waiter.until.time_since_epoch().count());
  }
}

std::pair<std::string, Lock> read_lock(ByteReader& in) {
  std::string name(in.text(naming::kMaxRecorded));
  Lock::Holder holder;
  holder.id = get_id(in);
  holder.fence = in.varint();
  holder.until = get_time(in);
  const std::uint64_t waiters = in.varint(reserve::kMaxWaiters);
  std::deque<Lock::Waiter> list;
  for (std::uint64_t i = 0; in.ok() && i < waiters; ++i) list.push_back(get_waiter(in));
  if (name.empty()) in.fail();
  return {std::move(name), Lock::restored(holder, std::move(list))};
}

}  // namespace doorward::engine
