// The contract's cases, once for every log of this program; each log's test instantiates them.
#include "ports/contract/command_log_cases.hpp"
