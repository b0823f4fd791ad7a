// Tells the backend which user was verified: `X-User-Id`.
//
// Why:     the identity fields that a visitor sends were removed with the route; only what a
//          configured issuer signed is said again. Nobody is turned away here: whether a page needs
//          a sign-in is the backend's to say, and a bearer token may be meant for it.
// Threads: const-safe.
// Spec:    docs/api.md, "Who asks".
#pragma once

#include "gateway/filter.hpp"
#include "gateway/places.hpp"

namespace doorward::gateway {

class Authenticate final : public Filter {
 public:
  explicit Authenticate(Places& places) : places_(places) {}
  std::string_view name() const override { return "authenticate"; }
  edge::Task<Verdict> run(Context& context) override;
  std::string explain(const route::Route& route) const override;

 private:
  Places& places_;
};

}  // namespace doorward::gateway
