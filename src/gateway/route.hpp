// Finds the route of a request, and cleans the request for the way to a backend.
//
// Why:     where a route matches, fields that are for one connection only, and those by which we
//          tell a backend who the visitor is, are removed before any filter sets them: a visitor
//          can neither send them nor, by naming them in `Connection`, take them away.
// Threads: const-safe.
// Spec:    RFC 9110 section 7.6.1; docs/configuration.md, "routes".
#pragma once

#include "core/route/route.hpp"
#include "gateway/filter.hpp"

#include <string>

namespace doorward::gateway {

class RouteFilter : public Filter {
 public:
  explicit RouteFilter(route::RouteTable table) : table_(std::move(table)) {}

  std::string_view name() const override { return "route"; }
  edge::Task<Verdict> run(Context& context) override;
  std::optional<Verdict> run_now(Context& context) override;
  std::string explain(const route::Route& route) const override;

  const route::RouteTable& table() const { return table_; }

 private:
  route::RouteTable table_;
};

// Removes hop-by-hop fields, but for `TE: trailers` and what asks for a WebSocket.
void remove_hop_by_hop(wire::Fields& fields);
// Removes X-User-Id, X-User-Type, X-Doorward-*, and the fields by which some frameworks let a
// request name another path or method than its own.
void remove_identity(wire::Fields& fields);

}  // namespace doorward::gateway
