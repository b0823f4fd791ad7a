// What is answered for an upstream that failed: a small page to a browser, problem+json to a
// program.
//
// Why:     a visitor who was let in should not see JSON because a backend restarts; the page comes
//          back by itself.
// Threads: pure functions.
// Bounds:  under 50 KB, as the waiting page; a reload after 10 to 15 s, spread by request.
// Spec:    docs/waiting-page.md, "When the service behind is away"; Content Security Policy.
#pragma once

#include "gateway/filter.hpp"
#include "wire/problem.hpp"

namespace doorward::gateway::proxying {

edge::Response failure_answer(const Context& context, const wire::Problem& problem);

}  // namespace doorward::gateway::proxying
