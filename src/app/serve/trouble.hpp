// What the log says of troubles of a shard, and of connections that are refused.
//
// Why:  the cause is all that an operator has to go by when joins are refused.
// Spec: docs/operations.md, "What to watch".
#pragma once

#include "app/observe/log.hpp"
#include "edge/options.hpp"
#include "engine/shard.hpp"

#include <string_view>

namespace doorward::app {

void log_trouble(Log& log, engine::Trouble trouble, std::string_view cause);
void log_refusal(Log& log, const edge::Refusal& refusal);
void log_unknown_lane(Log& log, std::string_view room, std::string_view lane);

}  // namespace doorward::app
