#include "core/limit/fixed_window.hpp"

#include "core/limit/window.hpp"

namespace doorward::limit {
namespace {

void advance(State& state, const CompiledQuota& quota, Time now) {
  const Nanos window = quota.window();
  const bool over = now >= state.at + window;
  const bool clock_was_put_back = now < state.at - window;
  // The rule had another one before: the count goes on, in the window that now is.
  const bool is_of_another = !quota.begins_at(state.at);
  if (!over && !clock_was_put_back && !is_of_another) return;
  state.at = window_begin(now, window);
  if (over) state.first = 0;
}

}  // namespace

Decision FixedWindow::decide(State& state, const CompiledQuota& quota, Time now,
                             std::uint64_t cost) {
  now = bounded(now);
  advance(state, quota, now);

  const std::uint64_t limit = quota.limit();
  std::uint64_t left = limit - std::min<std::uint64_t>(state.first, limit);
  const bool allowed = cost <= left || cost == 0;
  if (allowed || quota.count_refused()) {
    state.first = add_counts(state.first, cost);
    left -= std::min(left, cost);
  }
  const Nanos end = state.at + quota.window() - now;
  const Nanos wait = cost > limit ? kNever : end;
  return {allowed, limit, left, end, allowed ? Nanos{0} : wait};
}

Time FixedWindow::idle_at(const State& state, const CompiledQuota& quota) {
  return state.first == 0 ? kLongAgo : state.at + quota.window();
}

}  // namespace doorward::limit
