// A request under way counts as use of its session: a tunnel, a long answer, an upload.
//
// Time:    the clock of the places; looked at four times a `ttl`, at least each 30 s.
// Ownership: places outlive it.
// Threads: its loop only.
// Spec:    docs/gateway.md, "Sessions".
#pragma once

#include "edge/watches.hpp"
#include "gateway/places.hpp"

namespace doorward::gateway {

class SessionWatch final : public edge::Watch {
 public:
  // A node that has not applied `at` yet believes the session until `until`.
  SessionWatch(Places& places, const TicketId& ticket, const room::Policy& policy,
               ports::LogPosition at = {}, LogTime until = LogTime::min())
      : places_(places), ticket_(ticket), policy_(policy), at_(at), until_(until) {}

  Millis interval() const override;
  bool look() override;  // false: the session has ended

 private:
  Places& places_;
  TicketId ticket_;
  room::Policy policy_;  // as of the last look
  ports::LogPosition at_;
  LogTime until_;
};

}  // namespace doorward::gateway
