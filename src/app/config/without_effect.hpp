// Variables that a system known here reads and Doorward does not.
//
// Why:     whoever moves here with a `.env` must learn at the start which of its lines do nothing.
// Threads: pure function.
// Spec:    docs/configuration.md, "Variables".
#pragma once

#include "app/config/document.hpp"
#include "app/config/load.hpp"
#include "app/config/problem.hpp"

namespace doorward::app::config {

// A warning for each that is set and that `document` does not name, before it is substituted.
void warn_without_effect(const Node& document, const Environment& environment, Problems& problems);

}  // namespace doorward::app::config
