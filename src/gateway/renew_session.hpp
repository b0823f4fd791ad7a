// A request on any route of a service counts as use of its room's session, where the user has one.
//
// Why:     only some calls stand behind the gate, but a user who works with the others is not idle.
//          Nobody is stopped here.
// Time:    the clock of the places.
// Ownership: places outlive it.
// Threads: const-safe.
// Spec:    docs/gateway.md, "Sessions".
#pragma once

#include "gateway/filter.hpp"
#include "gateway/places.hpp"

namespace doorward::gateway {

class RenewSession final : public Filter {
 public:
  explicit RenewSession(Places& places) : places_(places) {}
  std::string_view name() const override { return "renew_session"; }
  edge::Task<Verdict> run(Context& context) override;
  std::optional<Verdict> run_now(Context& context) override;
  std::string explain(const route::Route& route) const override;

 private:
  Places& places_;
};

}  // namespace doorward::gateway
