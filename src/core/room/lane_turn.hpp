// Which lane the next admission goes to: smooth weighted turns.
//
// Why:     of the admissions that find waiters in several lanes each lane takes its share, spread
//          evenly rather than in runs: shares 2 and 1 give a b a a b a, not a a b. A lane without
//          waiters gives its turns to the others.
// State:   canonical; one number a lane, at most the sum of the shares.
// Bounds:  kMaxTurnLanes lanes, those included that left the policy and still have waiters.
// Errors:  `read` fails the reader on false bytes.
#pragma once

#include "base/bytes.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <span>

namespace doorward::room {

inline constexpr std::size_t kMaxTurnLanes = 64;

class LaneTurn {
 public:
  struct Contender {
    std::uint32_t share = 1;
    bool has_waiters = false;
  };

  // The number of the lane whose turn it is; none if no lane has waiters. Counts as taken.
  std::optional<std::uint32_t> take(std::span<const Contender> lanes);

  // The lanes changed: all begin anew.
  void reset() { credit_ = {}; }

  void write(ByteWriter& out) const;
  static LaneTurn read(ByteReader& in);

  friend bool operator==(const LaneTurn&, const LaneTurn&) = default;

 private:
  std::array<std::int32_t, kMaxTurnLanes> credit_{};
};

}  // namespace doorward::room
