#include "core/limit/leases.hpp"

#include <algorithm>
#include <utility>

namespace doorward::limit {

Leases::Leases(const Leases& other)
    : holders_(other.holders_ ? std::make_unique<Holders>(*other.holders_) : nullptr) {}

// Lets go who lost the lease. Returns the moment from which a lease counts: `now`, or the last one
// where that is a little later.
Time Leases::settle(const CompiledQuota& quota, Time now) {
  if (!holders_ || holders_->empty()) return now;
  const Time last = holders_->back().end - quota.window();
  if (now < last - quota.window()) {  // the clock was put back
    for (Holder& holder : *holders_) holder.end = now + quota.window();
    return now;
  }
  const Time present = std::max(now, last);
  const auto lost = [&](const Holder& holder) { return holder.end <= present; };
  holders_->erase(holders_->begin(),
                  std::partition_point(holders_->begin(), holders_->end(), lost));
  return present;
}

// The newest come first: most calls are short.
Leases::Holders::iterator Leases::find(LeaseId id) {
  const auto found = std::find_if(holders_->rbegin(), holders_->rend(),
                                  [&](const Holder& holder) { return holder.id == id; });
  return found == holders_->rend() ? holders_->end() : std::prev(found.base());
}

void Leases::extend(Holders::iterator holder, Time end) {
  holder->end = end;
  std::rotate(holder, holder + 1, holders_->end());
}

std::uint64_t Leases::held() const {
  std::uint64_t slots = 0;
  for (const Holder& holder : *holders_) slots += holder.slots;
  return slots;
}

// When the oldest so many slots are free again.
Time Leases::free_at(std::uint64_t slots) const {
  auto holder = holders_->begin();
  for (; slots > holder->slots; ++holder) slots -= holder->slots;
  return holder->end;
}

Decision Leases::acquire(const CompiledQuota& quota, Time now, LeaseId id, std::uint64_t cost) {
  now = bounded(now);
  if (!holders_) holders_ = std::make_unique<Holders>();
  const Time end = settle(quota, now) + quota.window();
  const std::uint64_t limit = quota.limit();
  const std::uint64_t free = limit - std::min(held(), limit);

  const auto holder = find(id);
  const bool again = holder != holders_->end() && cost > 0;
  const bool allowed = again || cost <= free;
  if (again) {
    extend(holder, end);
  } else if (allowed && cost > 0) {
    holders_->push_back({id, end, cost});
  }

  const std::uint64_t taken = allowed && !again ? cost : 0;
  Decision decision{allowed, limit, free - taken, {}, {}};
  if (!holders_->empty()) decision.reset = idle_at() - now;
  if (allowed) return decision;
  decision.retry_after = cost > limit ? kNever : free_at(held() + cost - limit) - now;
  return decision;
}

Decision Leases::peek(const CompiledQuota& quota, Time now, std::uint64_t cost) const {
  Leases copy(*this);
  LeaseId unused = 0;
  while (copy.holders_ && copy.find(unused) != copy.holders_->end()) ++unused;
  return copy.acquire(quota, now, unused, cost);
}

bool Leases::renew(const CompiledQuota& quota, Time now, LeaseId id) {
  if (!holders_) return false;
  const Time present = settle(quota, bounded(now));
  const auto holder = find(id);
  if (holder == holders_->end()) return false;
  extend(holder, present + quota.window());
  return true;
}

bool Leases::release(const CompiledQuota& quota, Time now, LeaseId id) {
  if (!holders_) return false;
  settle(quota, bounded(now));
  const auto holder = find(id);
  if (holder == holders_->end()) return false;
  holders_->erase(holder);
  return true;
}

Time Leases::idle_at() const {
  return holders_ && !holders_->empty() ? holders_->back().end : kLongAgo;
}

std::size_t Leases::memory_bytes() const {
  return holders_ ? sizeof(Holders) + holders_->capacity() * sizeof(Holder) : 0;
}

bool operator==(const Leases& a, const Leases& b) {
  static const Leases::Holders kNone;
  return (a.holders_ ? *a.holders_ : kNone) == (b.holders_ ? *b.holders_ : kNone);
}

}  // namespace doorward::limit
