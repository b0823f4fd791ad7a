// Counts and logs requests as they end.
//
// Why:     one line and one measurement a request, whatever answered it. Queries, cookies and
//          tokens are never logged: a path and an id find a request again.
// Threads: called on every loop.
#pragma once

#include "api/live/live.hpp"
#include "app/observe/log.hpp"
#include "app/observe/request_stats.hpp"
#include "gateway/pipeline.hpp"

#include <array>
#include <atomic>
#include <cstdint>

namespace doorward::app {

class Observer final : public gateway::RequestObserver {
 public:
  Observer(Log& log, api::live::Live& live) : log_(log), live_(live) {}
  std::uint64_t started() override;
  void finished(const gateway::RequestRecord& record, std::uint64_t stamp) override;
  void write(MetricWriter& writer) const;
  // Where no proxy is trusted, the first request that came through one is worth a warning: its
  // visitors all count as one.
  void look_for_proxy(bool look) { looks_for_proxy_ = look; }

 private:
  void warn_of_proxy(const gateway::Context& context);

  Log& log_;
  api::live::Live& live_;
  std::atomic<bool> looks_for_proxy_{false};
  RequestStats stats_;
  std::array<std::atomic<std::uint64_t>, 6> answered_{};  // as in kPhases
};

}  // namespace doorward::app
