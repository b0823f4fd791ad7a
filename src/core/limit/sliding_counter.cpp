#include "core/limit/sliding_counter.hpp"

#include "core/limit/window.hpp"

namespace doorward::limit {
namespace {

// `first` counts the window before, `second` the present one.
void advance(State& state, Nanos window, Time now) {
  const bool over = now >= state.at + window;
  const bool clock_was_put_back = now < state.at - window;
  if (!over && !clock_was_put_back) return;
  if (over) {
    const bool next = now < state.at + window + window;
    state.first = next ? state.second : 0;
    state.second = 0;
  }
  state.at = window_begin(now, window);
}

// Of the window before, what the sliding window still covers at `now`.
Nanos covered(const State& state, Nanos window, Time now) {
  return window - std::max(Nanos{0}, now - state.at);
}

// What is used, rounded up: a part of a hit takes the place of a whole one.
std::uint64_t used(const State& state, const CompiledQuota& quota, Nanos covered) {
  if (state.first == 0) return state.second;
  const Wide product = static_cast<Wide>(state.first) * static_cast<std::uint64_t>(covered.count());
  const auto window = static_cast<std::uint64_t>(quota.window().count());
  // At most `first`, which fits.
  const std::uint32_t before = quota.per_window()(product + (window - 1));
  return std::uint64_t{before} + state.second;
}

// From the beginning of a window on: when `before` hits of the one before it leave room for `room`.
// `before` > `room`, so that the wait lies within the window or at its end.
Nanos until_room(std::uint64_t before, std::uint64_t room, Nanos window) {
  const Wide share = static_cast<Wide>(room) * static_cast<std::uint64_t>(window.count()) / before;
  return window - Nanos{static_cast<std::int64_t>(share)};
}

// When a refused call of `cost` up to the limit passes.
Time passes_at(const State& state, const CompiledQuota& quota, std::uint64_t cost) {
  const std::uint64_t room = quota.limit() - cost;
  if (state.second <= room) {
    return state.at + until_room(state.first, room - state.second, quota.window());
  }
  return state.at + quota.window() + until_room(state.second, room, quota.window());
}

Nanos reset(const State& state, const CompiledQuota& quota, Time now) {
  const Time fresh = SlidingCounter::idle_at(state, quota);
  return fresh <= now ? Nanos{0} : fresh - now;
}

}  // namespace

Decision SlidingCounter::decide(State& state, const CompiledQuota& quota, Time now,
                                std::uint64_t cost) {
  now = bounded(now);
  advance(state, quota.window(), now);

  const std::uint64_t limit = quota.limit();
  const std::uint64_t taken = used(state, quota, covered(state, quota.window(), now));
  std::uint64_t left = limit - std::min(taken, limit);
  const bool allowed = cost <= left || cost == 0;
  if (allowed || quota.count_refused()) {
    state.second = add_counts(state.second, cost);
    left -= std::min(left, cost);
  }
  Nanos wait{0};
  if (!allowed) wait = cost > limit ? kNever : passes_at(state, quota, cost) - now;
  return {allowed, limit, left, reset(state, quota, now), wait};
}

Time SlidingCounter::idle_at(const State& state, const CompiledQuota& quota) {
  if (state.second > 0) return state.at + quota.window() + quota.window();
  return state.first > 0 ? state.at + quota.window() : kLongAgo;
}

}  // namespace doorward::limit
