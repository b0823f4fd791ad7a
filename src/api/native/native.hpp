// What visitors, programs and backends call.
//
// Spec: docs/api.md.
#pragma once

#include "api/call.hpp"

namespace doorward::api {

edge::Task<Answer> join(Desk& desk, Call& call);
edge::Task<Answer> read_self(Desk& desk, Call& call);
Answer read_self_now(Desk& desk, Call& call);
edge::Task<Answer> leave(Desk& desk, Call& call);
// The same from the page's form, answered with the page.
edge::Task<Answer> leave_page(Desk& desk, Call& call);
edge::Task<Answer> events(Desk& desk, Call& call);
edge::Task<Answer> socket(Desk& desk, Call& call);
edge::Task<Answer> room_status(Desk& desk, Call& call);
edge::Task<Answer> verify_pass(Desk& desk, Call& call);
edge::Task<Answer> finish_session(Desk& desk, Call& call);
// Decides for a request that somebody else serves; forgets what was counted for it.
edge::Task<Answer> check_limits(Desk& desk, Call& call);
edge::Task<Answer> reset_limits(Desk& desk, Call& call);
edge::Task<Answer> keys(Desk& desk, Call& call);
edge::Task<Answer> openapi(Desk& desk, Call& call);

}  // namespace doorward::api
