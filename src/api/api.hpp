// Everything that is called of Doorward itself: native, admin, the published keys and the OpenAPI
// document.
//
// Why:     the app asks `is_reserved` before its routes and `owns` after them; the rest is inside.
// Ownership: places, streams, pages, counters and live outlive it.
// Threads: thread-safe.
// Errors:  problem+json, see gateway/problems.hpp.
// Spec:    docs/api.md.
#pragma once

#include "api/call.hpp"
#include "api/compat/systems.hpp"

#include <optional>
#include <string_view>

namespace doorward::api {

class Api {
 public:
  Api(gateway::Places& places, TicketStreams& streams, gateway::Pages& pages, Counting counting,
      live::Live& live, ApiOptions options);

  // Below "/.doorward/", which no route can take.
  static bool is_reserved(std::string_view path);
  // Reserved, or one of the paths that answer where no route matches: "/v1/…", the published keys,
  // the calls of the systems that Doorward stands in for.
  bool owns(std::string_view path) const;

  // The answer, where nothing needs to be awaited for it; of those that are asked for most. Absent:
  // `serve` answers.
  std::optional<edge::Response> answer_now(gateway::Context& context);
  // Answers; a path that is not known with 404.
  edge::Task<> serve(gateway::Context& context);

 private:
  std::optional<edge::Task<Answer>> begin(Call& call, Answer& answer);

  compat::Systems systems_;
  Desk desk_;
};

}  // namespace doorward::api
