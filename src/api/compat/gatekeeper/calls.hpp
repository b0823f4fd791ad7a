// The endpoints.
//
// Threads: thread-safe.
// Spec:    docs/migrate/gatekeeper.md.
#pragma once

#include "api/call.hpp"

#include <string_view>

namespace doorward::api::gatekeeper {

// Absent: something of the business is to be made first, which the calls below do.
Answer status_now(Desk& desk, Call& call);
Answer verify_now(Desk& desk, Call& call);

edge::Task<Answer> enqueue(Desk& desk, Call& call, std::string_view rest);
edge::Task<Answer> status(Desk& desk, Call& call, std::string_view rest);
edge::Task<Answer> verify(Desk& desk, Call& call, std::string_view rest);
edge::Task<Answer> finish(Desk& desk, Call& call, std::string_view rest);
edge::Task<Answer> read_config(Desk& desk, Call& call, std::string_view rest);
edge::Task<Answer> change_config(Desk& desk, Call& call, std::string_view rest);

}  // namespace doorward::api::gatekeeper
