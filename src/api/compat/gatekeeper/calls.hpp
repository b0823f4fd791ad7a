// The endpoints.
//
// Threads: thread-safe.
// Spec:    docs/migrate/gatekeeper.md.
#pragma once

#include "api/call.hpp"

#include <string_view>

namespace doorward::api::gatekeeper {

edge::Task<Answer> enqueue(Desk& desk, Call& call, std::string_view rest);
edge::Task<Answer> status(Desk& desk, Call& call, std::string_view rest);
edge::Task<Answer> verify(Desk& desk, Call& call, std::string_view rest);
edge::Task<Answer> finish(Desk& desk, Call& call, std::string_view rest);
edge::Task<Answer> read_config(Desk& desk, Call& call, std::string_view rest);
edge::Task<Answer> change_config(Desk& desk, Call& call, std::string_view rest);

}  // namespace doorward::api::gatekeeper
