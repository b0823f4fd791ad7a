// How long an admission lasts: the time to arrive, and the session, fixed or renewed by use.
//
// Why:     a use is too frequent to be logged each time. The deadline that the log knows is a tenth
//          of the ttl later than the one that is promised, and a use is logged when less than the
//          ttl remains: so a session is never cut short, and at most ten uses a ttl are logged.
// Time:    service time; an outage moves all deadlines on.
// Spec:    docs/rooms.md, "Sessions".
#pragma once

#include "base/time.hpp"
#include "core/room/policy.hpp"

#include <algorithm>

namespace doorward::room {

struct Session {
  ServiceTime deadline{};
  bool claimed = false;  // the visitor arrived; otherwise `deadline` is that of the claim
  friend bool operator==(const Session&, const Session&) = default;
};

// Whether a use must be written to the log of a session that has so much left.
inline bool use_matters(const Policy& policy, Millis left) {
  return policy.renew == Renew::use && left < policy.session_ttl;
}

// From a use that is logged, or from the admission where no claim time is set.
inline Millis session_time(const Policy& policy) {
  const Millis ttl = policy.session_ttl;
  return policy.renew == Renew::use ? ttl + ttl / 10 : ttl;
}

inline Session at_admission(const Policy& policy, ServiceTime now) {
  if (policy.claim_ttl) return {now + *policy.claim_ttl, false};
  return {now + session_time(policy), true};
}

// After a use at `now`. The first one is the arrival and starts the session; a later one renews a
// session that is renewed by use, and never shortens it.
inline Session after_use(const Policy& policy, const Session& session, ServiceTime now) {
  if (!session.claimed) return {now + session_time(policy), true};
  if (policy.renew == Renew::never) return session;
  return {std::max(session.deadline, now + session_time(policy)), true};
}

}  // namespace doorward::room
