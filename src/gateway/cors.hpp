// Pages of other origins: which may call, and what they may see of an answer.
//
// Why:     a browser asks first, without credentials: such a preflight is answered here, before any
//          limit and any question of who asks. On a route that is the backend's to say, unless the
//          operator wants it said here. The operator's own calls (`/v1/admin`, the dashboard,
//          metrics) are for pages of this site alone.
// Threads: const-safe.
// Spec:    the Fetch standard, "CORS protocol"; docs/api.md, "Other origins".
#pragma once

#include "gateway/filter.hpp"

#include <string>
#include <vector>

namespace doorward::gateway {

struct CorsOptions {
  std::vector<std::string> origins;  // "https://shop.example"; "*" is any
  bool credentials = false;          // cookies count; never beside "*"
  bool routes = false;               // also on the operator's routes
};

class Cors final : public Filter {
 public:
  explicit Cors(CorsOptions options);

  std::string_view name() const override { return "cors"; }
  edge::Task<Verdict> run(Context& context) override;
  std::optional<Verdict> run_now(Context& context) override;
  std::string explain(const route::Route& route) const override;

 private:
  bool allows(std::string_view origin) const;

  CorsOptions options_;
  bool any_;
};

}  // namespace doorward::gateway
