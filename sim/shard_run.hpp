// One history of whole shards: committer, applier and keeper over a log that fails.
//
// Why:     the steps of the three threads are taken by hand, in an order that follows from the
//          seed, so that a history is the same again. What the log's faults, crashes and restarts
//          do to answers and states is judged against a shadow that only reads the log.
#pragma once

#include "run.hpp"

namespace doorward::sim {

Report run_shards(std::uint64_t seed, bool is_told);

}  // namespace doorward::sim
