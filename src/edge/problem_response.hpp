// A problem as an answer.
#pragma once

#include "edge/exchange.hpp"
#include "wire/problem.hpp"

#include <string>

namespace doorward::edge {

inline Response problem_response(const wire::Problem& problem) {
  Response response;
  response.head.status = problem.status();
  response.head.fields.append("Content-Type", wire::kProblemMediaType);
  response.head.fields.append("Cache-Control", "no-store");
  response.body = problem.json();
  response.own_problem = true;
  return response;
}

}  // namespace doorward::edge
