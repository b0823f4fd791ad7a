// Refuses a routed request that carries the admin token, so that no backend ever sees it.
//
// Why:     a route "/**" takes /v1/admin too, and a call meant for Doorward would hand the backend
//          the token that opens every room.
// Threads: const-safe.
// Spec:    docs/api.md.
#pragma once

#include "gateway/filter.hpp"

#include <string>

namespace doorward::gateway {

class AdminTokenGuard final : public Filter {
 public:
  // An empty token matches nothing.
  explicit AdminTokenGuard(std::string token) : token_(std::move(token)) {}

  std::string_view name() const override { return "admin_token"; }
  edge::Task<Verdict> run(Context& context) override;
  std::optional<Verdict> run_now(Context& context) override;
  std::string explain(const route::Route& route) const override;

 private:
  bool is_token(std::string_view authorization) const;

  std::string token_;
};

}  // namespace doorward::gateway
