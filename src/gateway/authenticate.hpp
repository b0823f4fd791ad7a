// Who the user is, by the JWT of a configured issuer: told to the backend as `X-User-Id` and
// `X-User-Type`, and where a user is required nobody else goes on.
//
// Why:     the identity fields that a visitor sends were removed with the route; only what a
//          configured issuer signed is said again. Where no user is required, whether a page needs
//          a sign-in is the backend's to say, and a bearer token may be meant for it.
// Threads: const-safe.
// Errors:  401 (no-token, bad-token), 503 (token-unjudged).
// Spec:    docs/gateway.md, "Users".
#pragma once

#include "core/route/segment_pattern.hpp"
#include "gateway/filter.hpp"
#include "gateway/places.hpp"

#include <vector>

namespace doorward::gateway {

struct UserRule {
  bool required = false;
  std::vector<route::OpenPaths> open;  // requests that need no user
};

class Authenticate final : public Filter {
 public:
  explicit Authenticate(Places& places, UserRule rule = {})
      : places_(places), rule_(std::move(rule)) {}
  std::string_view name() const override { return "authenticate"; }
  edge::Task<Verdict> run(Context& context) override;
  std::optional<Verdict> run_now(Context& context) override;
  std::string explain(const route::Route& route) const override;

 private:
  Places& places_;
  UserRule rule_;
};

}  // namespace doorward::gateway
