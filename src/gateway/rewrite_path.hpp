// Takes a route's prefix off the path: "/shop/docs" is "/docs" to the service behind.
//
// Why:     what is left must mean the same to every server as what was routed. A path whose rest
//          reads differently ("/x/../shop/docs") is not found.
// Threads: const-safe.
// Errors:  404.
// Spec:    docs/gateway.md, "Routes".
#pragma once

#include "gateway/filter.hpp"

namespace doorward::gateway {

class RewritePath final : public Filter {
 public:
  std::string_view name() const override { return "rewrite_path"; }
  edge::Task<Verdict> run(Context& context) override;
  std::optional<Verdict> run_now(Context& context) override;
  std::string explain(const route::Route& route) const override;
};

}  // namespace doorward::gateway
