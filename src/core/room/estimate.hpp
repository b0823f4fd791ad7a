// How long somebody with so many ahead will wait, as a range that should hold four times in five.
//
// Why:     an honest time. What is learnt from: how long sessions last (time inside per session
//          that ended), how long waiters stay (time waiting per waiter who left), and how many
//          turns found nobody there. Learning rates per head, not admissions per second, makes the
//          estimate follow a change of capacity at once, and the rush of a room that fills does not
//          count as speed.
// Time:    service time; an outage is no waiting time.
// State:   canonical and bounded: 32 closed buckets and an open one, integers only.
// Bounds:  a bucket closes after 5 s if 16 things happened in it, else when 5 min are full. So a
//          busy room looks back some minutes, a slow one up to 2.7 h.
// Errors:  `read` fails the reader on false bytes.
// Spec:    docs/rooms.md, "Estimates".
#pragma once

#include "base/bytes.hpp"
#include "base/time.hpp"
#include "core/room/policy.hpp"
#include "core/room/view.hpp"

#include <cstdint>
#include <deque>
#include <optional>

namespace doorward::room {

// What happened in a stretch of time.
struct FlowBucket {
  std::uint64_t inside_ms = 0;   // time spent inside, over all heads
  std::uint64_t waiting_ms = 0;  // time spent waiting, over all heads
  std::uint32_t ended = 0;       // sessions
  std::uint32_t left = 0;        // waiters who gave up their places
  std::uint32_t admitted = 0;    // from the line
  std::uint32_t returned = 0;    // admitted from the returners
  std::uint32_t passed = 0;      // turns that found nobody there
  friend bool operator==(const FlowBucket&, const FlowBucket&) = default;
};

struct WaitGuess;

class Estimate {
 public:
  // From now on so many wait and so many are inside (counted against the capacity). To be called
  // after every change of either, in the record of the change.
  void stand(ServiceTime now, std::uint32_t waiting, std::uint32_t inside);

  // What happened, to be told before `stand`.
  void ended(std::uint32_t sessions) { open_.ended += sessions; }  // a slot became free, why ever
  void left(std::uint32_t waiters) { open_.left += waiters; }      // gave up their places
  void admitted(std::uint32_t waiters) { open_.admitted += waiters; }  // from the line
  void returned(std::uint32_t waiters) {
    open_.returned += waiters;
  }  // admitted from the returners
  void passed_over(std::uint32_t waiters) { open_.passed += waiters; }

  struct Question {
    std::uint64_t ahead = 0;       // admissions and places that come before, see `ahead_in_lanes`
    std::uint64_t free_slots = 0;  // of the capacity
    Millis opens_in{0};            // until `opens_at`
    Millis round_in{0};  // from now, or the opening, to the next round, where there are any
    // That in force; what a room sells may bound it below that of its policy. Absent: none.
    std::optional<std::uint32_t> capacity = {};
    std::uint64_t surplus = 0;  // inside beyond it, since it was lowered: so many must end first
    Millis rate_in{0};          // from now, or the opening, until the rate lets in the next
  };
  // None where nothing is known yet that bounds the wait.
  std::optional<Eta> answer(const Policy& policy, const Question& question, ServiceTime now) const;

  void write(ByteWriter& out) const;
  static Estimate read(ByteReader& in);

  friend bool operator==(const Estimate&, const Estimate&) = default;

 private:
  std::uint64_t dispersion(const FlowBucket& total) const;
  std::optional<WaitGuess> served_after(const Policy& policy, const FlowBucket& total,
                                        std::uint64_t slots, const Question& question) const;

  std::deque<FlowBucket> closed_;
  FlowBucket open_;
  ServiceTime opened_{};
  ServiceTime last_{};
  std::uint32_t waiting_ = 0;
  std::uint32_t inside_ = 0;
};

// How many come before somebody with `ahead` others in a lane of this `share`, when lanes with
// `shares` in sum have waiters and `elsewhere` wait in the other lanes.
std::uint64_t ahead_in_lanes(std::uint64_t ahead, std::uint32_t share, std::uint64_t shares,
                             std::uint64_t elsewhere);

}  // namespace doorward::room
