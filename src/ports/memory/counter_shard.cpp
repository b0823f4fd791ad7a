#include "ports/memory/counter_shard.hpp"

#include "core/limit/decide.hpp"

#include <algorithm>
#include <bit>
#include <chrono>
#include <utility>

namespace doorward::ports {
namespace {

constexpr limit::Nanos kLasting{std::chrono::seconds{60}};

using limit::Algorithm;
using limit::Decision;
using limit::Time;

}  // namespace

void CounterShard::describe(CounterSlot& slot, const limit::CompiledQuota& quota, Tick idle) {
  slot.idle = idle;
  slot.bucket = limit::is_bucket(quota.algorithm());
  const limit::Nanos whole = slot.bucket ? limit::Nanos{quota.refill_all().ns} : quota.window();
  const auto refill_ticks = static_cast<std::uint64_t>(whole.count()) >> 30;
  slot.whole =
      static_cast<std::uint8_t>(std::bit_width(slot.bucket ? refill_ticks : quota.limit()));
  // Who holds a slot is gone when the process is.
  slot.lasting =
      quota.algorithm() != Algorithm::concurrency && std::max(whole, quota.window()) >= kLasting;
}

CounterShard::Large* CounterShard::find_large(const Hit& hit) {
  const CounterSlot* slot = find(hit);
  return slot == nullptr ? nullptr : &large_[slot->state.first];
}

Decision CounterShard::decide(const Hit& hit, Time now) {
  return limit::has_small_state(hit.quota->algorithm()) ? decide_small(hit, now)
                                                        : decide_large(hit, now);
}

Decision CounterShard::decide_new(const Hit& hit, Time now) {
  const limit::CompiledQuota& quota = *hit.quota;
  limit::State state;
  const Decision d = limit::decide(state, quota, now, hit.cost);
  if (limit::idle_at(state, quota) <= now) return d;
  CounterSlot& slot = insert(hit.key, quota.algorithm(), tick_of(now));
  slot.state = state;
  describe(slot, quota, tick_of(now + d.reset) + 1);
  return d;
}

Decision CounterShard::decide_large(const Hit& hit, Time now) {
  CounterSlot* slot = find(hit);
  if (slot == nullptr) {
    const Decision d = peek(hit, now);
    if (hit.cost == 0 || (!d.allowed && !hit.quota->count_refused())) return d;
    slot = &insert(hit.key, hit.quota->algorithm(), tick_of(now));
  }
  Large& large = large_[slot->state.first];
  const std::int64_t before = large.heap_bytes();
  const Decision d = hit.quota->algorithm() == Algorithm::concurrency
                         ? large.leases.acquire(*hit.quota, now, hit.lease, hit.cost)
                         : large.log.decide(*hit.quota, now, hit.cost);
  budget_->change_heap(large.heap_bytes() - before);
  slot->state.second = static_cast<std::uint32_t>(d.limit - d.remaining);
  describe(*slot, *hit.quota, tick_of(now + d.reset) + 1);
  settle_large(*slot, hit, now);
  return d;
}

// Leases end by themselves, so that a fresh one need not be kept until it is swept.
void CounterShard::settle_large(CounterSlot& slot, const Hit& hit, Time now) {
  if (hit.quota->algorithm() != Algorithm::concurrency) return;
  const Time idle = large_[slot.state.first].leases.idle_at();
  if (idle <= now) return erase(slot);
  slot.idle = tick_of(idle) + 1;
}

Decision CounterShard::peek(const Hit& hit, Time now) {
  const limit::CompiledQuota& quota = *hit.quota;
  if (limit::has_small_state(quota.algorithm())) {
    const CounterSlot* slot = find(hit);
    const limit::State state = slot == nullptr ? limit::State{} : slot->state;
    return limit::peek(state, quota, now, hit.cost);
  }
  const Large* large = find_large(hit);
  if (quota.algorithm() == Algorithm::concurrency) {
    return large == nullptr ? limit::Leases{}.peek(quota, now, hit.cost)
                            : large->leases.peek(quota, now, hit.cost);
  }
  return large == nullptr ? limit::SlidingLog{}.peek(quota, now, hit.cost)
                          : large->log.peek(quota, now, hit.cost);
}

Decision CounterShard::check(const Hit& hit, Time now) {
  const bool held = hit.quota->algorithm() == Algorithm::concurrency && renew(hit, now);
  return held ? decide(hit, now) : peek(hit, now);
}

Decision CounterShard::charge(const Hit& hit, Time now) {
  Hit part = hit;
  part.cost = 0;
  const Decision left = peek(part, now);
  if (hit.quota->algorithm() == Algorithm::concurrency) return left;
  part.cost = std::min(hit.cost, left.remaining);
  return part.cost == 0 ? left : decide(part, now);
}

bool CounterShard::reset(const Hash128& key) {
  CounterSlot* slot = table_.find(key);
  if (slot == nullptr) return false;
  erase(*slot);
  return true;
}

bool CounterShard::renew(const Hit& hit, Time now) {
  CounterSlot* slot = find(hit);
  if (slot == nullptr || !slot->large()) return false;
  if (!large_[slot->state.first].leases.renew(*hit.quota, now, hit.lease)) return false;
  settle_large(*slot, hit, now);
  return true;
}

bool CounterShard::release(const Hit& hit, Time now) {
  CounterSlot* slot = find(hit);
  if (slot == nullptr || !slot->large()) return false;
  Large& large = large_[slot->state.first];
  const std::int64_t before = large.heap_bytes();
  const bool released = large.leases.release(*hit.quota, now, hit.lease);
  budget_->change_heap(large.heap_bytes() - before);
  settle_large(*slot, hit, now);
  return released;
}

void CounterShard::add_to(CounterStats& stats) const {
  stats.keys += table_.size();
  stats.expired += expired_;
  stats.forgotten_live += forgotten_live_;
}

}  // namespace doorward::ports
