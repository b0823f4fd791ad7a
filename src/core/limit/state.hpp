// What is kept for one key by the algorithms whose state has a fixed size: 16 bytes.
//
// Why:     a store keeps millions of them and need not know which is which; it keeps the quota (by
//          index) beside.
// State:   plain bytes; may be copied, saved and restored as such. A fresh one is `State{}`.
#pragma once

#include "core/limit/decision.hpp"

#include <cstdint>
#include <type_traits>

namespace doorward::limit {

struct State {
  // Windows: where the present window begins. Buckets: when it will be full again, rounded down.
  Time at = kLongAgo;
  // Fixed window: used in it. Sliding counter: used in the window before. Buckets: what `at` lost
  // by rounding, in parts of a nanosecond of which `limit` make a whole.
  std::uint32_t first = 0;
  // Sliding counter: used in the present window.
  std::uint32_t second = 0;
  friend bool operator==(const State&, const State&) = default;
};
// For a reader of saved states: with any other `at` arithmetic may overflow.
constexpr bool is_valid(const State& state) {
  return state.at >= kLongAgo && state.at <= kLatest + 2 * kMaxRefill;
}

static_assert(sizeof(State) == 16 && std::is_trivially_copyable_v<State>);
static_assert(std::has_unique_object_representations_v<State>);

}  // namespace doorward::limit
