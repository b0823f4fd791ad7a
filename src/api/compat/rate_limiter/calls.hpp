// The endpoints, and what they share.
//
// Threads: thread-safe.
// Spec:    docs/migrate/rate-limiter.md.
#pragma once

#include "api/call.hpp"
#include "api/compat/fastapi.hpp"
#include "api/compat/rate_limiter/config.hpp"

#include <string_view>

namespace doorward::api::rate_limiter {

using compat::detail;
using compat::invalid;
using compat::timestamp;

Answer data(Desk& desk, Call& call);

// `rest` is what follows the row's path, with its escapes resolved.
edge::Task<Answer> submit(Desk& desk, Call& call, std::string_view rest);

edge::Task<Answer> list_configs(Desk& desk, Call& call, std::string_view rest);
edge::Task<Answer> add_config(Desk& desk, Call& call, std::string_view rest);
edge::Task<Answer> change_config(Desk& desk, Call& call, std::string_view rest);
edge::Task<Answer> remove_config(Desk& desk, Call& call, std::string_view rest);

edge::Task<Answer> all_stats(Desk& desk, Call& call, std::string_view rest);
edge::Task<Answer> stats_of_client(Desk& desk, Call& call, std::string_view client);
// What a client, or "global", does now; as an event stream and as a socket.
edge::Task<Answer> event_stream(Desk& desk, Call& call, std::string_view client);
edge::Task<Answer> socket(Desk& desk, Call& call, std::string_view client);

}  // namespace doorward::api::rate_limiter
