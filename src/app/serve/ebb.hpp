// Notices when a burst of requests is over, which is the time to give its memory back.
//
// Why:     buffers of requests lie between things that last, so the allocator keeps their pages.
//          Giving them back costs milliseconds, and taking them again page faults: nothing to be
//          done while the burst goes on, or for little.
// Threads: single owner.
#pragma once

#include <algorithm>
#include <cstdint>

namespace doorward::app {

class Ebb {
 public:
  // `requests` is their number ever, told once a period. True when a period had less than half of
  // the busiest since it was last true, if that had many.
  bool has_come(std::uint64_t requests) {
    const std::uint64_t period = requests - seen_;
    seen_ = requests;
    const bool is_over = busiest_ >= kMany && period < busiest_ / 2;
    busiest_ = is_over ? period : std::max(busiest_, period);
    return is_over;
  }

 private:
  static constexpr std::uint64_t kMany = 100;

  std::uint64_t seen_ = 0;
  std::uint64_t busiest_ = 0;
};

}  // namespace doorward::app
