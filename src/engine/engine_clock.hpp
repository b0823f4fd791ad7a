// The two times of the state: log time, and service time, which is log time less all gaps.
//
// Time:    moved only by the log's entries. Where two lie more than kMostAdvance apart, the excess
//          is a gap: the service was away, and no deadline comes nearer by it. Never goes back.
// Threads: plain value.
// Spec:    docs/architecture.md, "Time".
#pragma once

#include "base/time.hpp"

#include <algorithm>

namespace doorward::engine {

class EngineClock {
 public:
  static constexpr Millis kMostAdvance{5'000};

  EngineClock() = default;
  EngineClock(LogTime now, Millis gaps) : now_(now), gaps_(gaps) {}

  LogTime now() const { return now_; }
  Millis gaps() const { return gaps_; }
  ServiceTime service_now() const { return ServiceTime((now_ - gaps_).time_since_epoch()); }
  // When a service deadline falls due if no gap comes.
  LogTime shown(ServiceTime t) const { return LogTime(t.time_since_epoch()) + gaps_; }

  void advance(LogTime to) {
    if (to <= now_) return;
    // Before the first entry there was no service that could have been away.
    const bool first = now_ == LogTime{};
    if (!first) gaps_ += std::max(Millis(0), to - now_ - kMostAdvance);
    now_ = to;
  }

  friend bool operator==(const EngineClock&, const EngineClock&) = default;

 private:
  LogTime now_{};
  Millis gaps_{};
};

}  // namespace doorward::engine
