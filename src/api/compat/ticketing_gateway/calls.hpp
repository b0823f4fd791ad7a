// The endpoints, and what they share.
//
// Threads: thread-safe.
// Spec:    docs/migrate/ticketing-gateway.md.
#pragma once

#include "api/call.hpp"
#include "api/compat/ticketing_gateway/messages.hpp"

namespace doorward::api::ticketing_gateway {

const Messages& messages_of(const Desk& desk);

edge::Task<Answer> line_up(Desk& desk, Call& call, std::string_view rest);
edge::Task<Answer> status(Desk& desk, Call& call, std::string_view rest);
edge::Task<Answer> remove_pass(Desk& desk, Call& call, std::string_view rest);
edge::Task<Answer> remove_place(Desk& desk, Call& call, std::string_view rest);
edge::Task<Answer> stream(Desk& desk, Call& call, std::string_view rest);

edge::Task<Answer> health(Desk& desk, Call& call, std::string_view rest);
edge::Task<Answer> routes(Desk& desk, Call& call, std::string_view rest);
edge::Task<Answer> prometheus(Desk& desk, Call& call, std::string_view rest);

// Where the original had its documentation.
edge::Task<Answer> swagger_page(Desk& desk, Call& call, std::string_view rest);
edge::Task<Answer> api_docs(Desk& desk, Call& call, std::string_view rest);

}  // namespace doorward::api::ticketing_gateway
