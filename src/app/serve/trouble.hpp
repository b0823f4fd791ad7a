// What the log says of a shard's troubles.
//
// Why:  the cause is all that an operator has to go by when joins are refused.
// Spec: docs/operations.md, "What to watch".
#pragma once

#include "app/observe/log.hpp"
#include "engine/shard.hpp"

#include <string_view>

namespace doorward::app {

void log_trouble(Log& log, engine::Trouble trouble, std::string_view cause);

}  // namespace doorward::app
