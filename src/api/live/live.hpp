// What happens now and what happened today: fed by every request and every decision of a rule,
// read by the dashboard, the admin calls and the compatible systems.
//
// Time:    wall time from the clock given.
// Ownership: clock and counter outlive it; it outlives pipelines and server.
// Threads: thread-safe. A request pays some relaxed additions, one short lock where a rule counted
//          it, and an event only while somebody listens.
// Bounds:  those of its parts.
// Spec:    docs/api.md, "Live"; docs/storage.md, "The statistics".
#pragma once

#include "api/live/bus.hpp"
#include "api/live/clients.hpp"
#include "api/live/room_watch.hpp"
#include "api/live/statistics.hpp"
#include "api/live/streams.hpp"
#include "gateway/limits/observer.hpp"
#include "gateway/pipeline.hpp"
#include "ports/clock.hpp"

#include <chrono>

namespace doorward::api::live {

class Live final : public gateway::LimitObserver {
 public:
  explicit Live(const ports::Clock& clock, gateway::OutcomeCounter* counter = nullptr)
      : clock_(clock), counter_(counter) {}

  void decided(const gateway::LimitEvent& event) override;
  void finished(const gateway::RequestRecord& record, std::chrono::nanoseconds took);
  // A decision that a backend asked for by name: as of a request, but that nobody knows how long
  // that took.
  struct Asked {
    const limit::CompiledRule& rule;
    const limit::KeySource& key;
    std::string_view endpoint;
    std::string_view quota;  // empty: its networks refuse
    limit::Decision decision;
  };
  void asked(const Asked& said);
  // What one of its rules said, of which `asked` tells the one that says most.
  void count(const limit::CompiledRule& rule, gateway::LimitOutcome outcome);
  // What every rule said since the start.
  gateway::OutcomeCounts outcomes() const {
    return counter_ == nullptr ? gateway::OutcomeCounts() : counter_->so_far();
  }
  // A decision of CL.THROTTLE, which is as of a rule of this name.
  void throttled(std::string_view key, const limit::Decision& decision);

  Bus& bus() { return bus_; }
  Clients& clients() { return clients_; }
  Statistics& statistics() { return statistics_; }
  Streams& streams() { return streams_; }
  RoomWatch& rooms() { return rooms_; }
  // Once a second, from a thread that may wait.
  void look(const engine::Shard& shard) {
    rooms_.look(shard, bus_, statistics_, now());
    clients_.clean(now());
  }
  LogTime now() const { return clock_.wall_now(); }

 private:
  void tell(Event event, bool is_refused, bool is_dry);

  const ports::Clock& clock_;
  gateway::OutcomeCounter* counter_;  // null: nobody's
  Bus bus_;
  Clients clients_;
  Statistics statistics_;
  Streams streams_{bus_, clock_};
  RoomWatch rooms_;
};

}  // namespace doorward::api::live
