#include "gateway/limits/count_hits.hpp"

#include <algorithm>

namespace doorward::gateway {
namespace {

constexpr std::size_t kMost = ports::CounterStore::kMaxHits;

bool all_allow(std::span<const limit::Decision> decisions) {
  return std::all_of(decisions.begin(), decisions.end(),
                     [](const limit::Decision& decision) { return decision.allowed; });
}

void give_back_slots(ports::CounterStore& store, std::span<const ports::Hit> hits,
                     limit::Time now) {
  for (const ports::Hit& hit : hits)
    if (hit.quota->algorithm() == limit::Algorithm::concurrency) store.release(hit, now);
}

}  // namespace

bool count_hits(ports::CounterStore& store, std::span<const ports::Hit> hits, limit::Time now,
                std::span<limit::Decision> decisions) {
  if (hits.size() <= kMost) return store.decide(hits, now, decisions);
  for (std::size_t i = 0; i < hits.size(); ++i) decisions[i] = store.peek(hits[i], now);
  bool refused = !all_allow(decisions);
  for (std::size_t at = 0; at < hits.size(); at += kMost) {
    const std::size_t size = std::min(kMost, hits.size() - at);
    const auto group = decisions.subspan(at, size);
    // Once refused, only those that count what they refuse have something to count.
    if (refused && all_allow(group)) continue;
    const bool counted = store.decide(hits.subspan(at, size), now, group);
    if (counted && refused) give_back_slots(store, hits.subspan(at, size), now);
    if (!counted && !refused) give_back_slots(store, hits.first(at), now);
    refused = refused || !counted;
  }
  return !refused;
}

}  // namespace doorward::gateway
