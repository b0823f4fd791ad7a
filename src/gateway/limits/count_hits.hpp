// All counters of one request in one step, however many there are.
//
// Why:     the store takes kMaxHits at once; no limit may go unasked since a request meets more.
// Bounds:  up to kMaxHits hits: all count or none. Of more, the store is asked in groups of so
//          many: what refuses is found first, and then nothing counts either (but what has
//          `count_refused`). Only where another request takes the last of a limit in between, the
//          groups before it have counted; slots that they took are given back.
// Threads: thread-safe.
#pragma once

#include "ports/counter_store.hpp"

namespace doorward::gateway {

// True: all allow. `decisions` is as long as `hits`.
bool count_hits(ports::CounterStore& store, std::span<const ports::Hit> hits, limit::Time now,
                std::span<limit::Decision> decisions);

}  // namespace doorward::gateway
