// The gate before a route with a room: in with a live session, else a place in the line.
//
// Why:     a pass only names a session; whether it lives is asked of the engine on every request,
//          so the gate is exact. A browser that must wait sees the waiting page, everything else
//          its Ticket.
// Time:    the clock of the places.
// Ownership: places and pages outlive it.
// Threads: const-safe; coroutines go on on the loop that called.
// Errors:  while the log cannot be written, those who are inside go on, and others get 503.
// Spec:    docs/api.md, "Gated routes".
#pragma once

#include "gateway/filter.hpp"
#include "gateway/pages.hpp"
#include "gateway/places.hpp"

namespace doorward::gateway {

class RoomGate final : public Filter {
 public:
  RoomGate(Places& places, Pages& pages) : places_(places), pages_(pages) {}

  std::string_view name() const override { return "room_gate"; }
  edge::Task<Verdict> run(Context& context) override;
  std::string explain(const route::Route& route) const override;

 private:
  struct Visit;
  struct Shown;
  void use_in_bypass(Visit& visit);
  std::optional<Shown> shown_pass(const Visit& visit) const;
  std::optional<Place> place_of(const Visit& visit, const Shown& shown) const;
  edge::Task<bool> enter_by_pass(Visit& visit);
  Sought<Place> place_of_user(const Visit& visit) const;
  edge::Task<Verdict> enter_as_user(Visit& visit);
  edge::Task<Verdict> enter_by_place(Visit& visit);
  edge::Task<bool> admit(Visit& visit, Place& place, std::optional<LogTime> pass_ends);
  void let_in(Visit& visit, const Place& place, std::optional<LogTime> pass_ends);
  edge::Task<Sought<Place>> join(Visit& visit);
  edge::Task<Verdict> wait(Visit& visit, const Place& place);
  edge::Task<Verdict> wait_without_place(Visit& visit);
  edge::Task<Verdict> refuse(Visit& visit, const Refusal& refusal);

  Places& places_;
  Pages& pages_;
};

}  // namespace doorward::gateway
