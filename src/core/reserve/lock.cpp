#include "core/reserve/lock.hpp"

#include "core/name.hpp"

#include <algorithm>

namespace doorward::reserve {

bool is_valid_lock_name(std::string_view name) { return naming::is_any_case_name(name, ':'); }

LockVerdict Lock::acquire(const LockRequest& request, ServiceTime now, std::uint64_t fence) {
  if (holder_ && holder_->id == request.id) return LockVerdict::already;
  const auto same = [&](const Waiter& waiter) { return waiter.request.id == request.id; };
  if (std::ranges::any_of(waiters_, same)) return LockVerdict::queued;
  if (is_idle()) {
    give(request, now, fence);
    return LockVerdict::held;
  }
  if (request.wait <= Millis(0)) return LockVerdict::busy;
  if (waiters_.size() >= kMaxWaiters) return LockVerdict::too_many;
  waiters_.push_back({request, now + request.wait});
  return LockVerdict::queued;
}

std::optional<std::uint32_t> Lock::wait_anew(const LockRequest& request, ServiceTime now) {
  const auto found = std::ranges::find_if(
      waiters_, [&](const Waiter& waiter) { return waiter.request.id == request.id; });
  if (found == waiters_.end()) return std::nullopt;
  const std::uint32_t node = found->request.node;
  *found = {request, now + request.wait};
  return node;
}

LockVerdict Lock::renew(const LockId& id, std::uint64_t fence, Millis lease, ServiceTime now) {
  const bool is_holder = holder_ && holder_->id == id && (fence == 0 || fence == holder_->fence);
  if (!is_holder) return LockVerdict::not_yours;
  holder_->until = now + lease;
  return LockVerdict::held;
}

LockVerdict Lock::release(const LockId& id, std::uint64_t fence) {
  if (holder_ && holder_->id == id && (fence == 0 || fence == holder_->fence)) {
    holder_.reset();
    return LockVerdict::held;
  }
  const auto gone =
      std::erase_if(waiters_, [&](const Waiter& waiter) { return waiter.request.id == id; });
  return gone > 0 ? LockVerdict::queued : LockVerdict::not_yours;
}

std::vector<Lock::Waiter> Lock::fall_due(ServiceTime now) {
  if (holder_ && holder_->until <= now) holder_.reset();
  std::vector<Waiter> ended;
  std::erase_if(waiters_, [&](const Waiter& waiter) {
    const bool is_due = waiter.until <= now;
    if (is_due) ended.push_back(waiter);
    return is_due;
  });
  return ended;
}

std::optional<Lock::Waiter> Lock::take_next() {
  if (waiters_.empty()) return std::nullopt;
  Waiter next = waiters_.front();
  waiters_.pop_front();
  return next;
}

void Lock::give(const LockRequest& request, ServiceTime now, std::uint64_t fence) {
  holder_ = Holder{request.id, fence, now + request.lease};
}

std::optional<ServiceTime> Lock::next_due() const {
  std::optional<ServiceTime> due;
  if (holder_) due = holder_->until;
  for (const Waiter& waiter : waiters_) due = due ? std::min(*due, waiter.until) : waiter.until;
  return due;
}

Lock Lock::restored(std::optional<Holder> holder, std::deque<Waiter> waiters) {
  Lock lock;
  lock.holder_ = holder;
  lock.waiters_ = std::move(waiters);
  return lock;
}

}  // namespace doorward::reserve
