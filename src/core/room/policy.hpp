// A room's policy: how many may be inside, how fast they enter, who comes first, and how long each
// state lasts. Values only; nothing here decides.
//
// Units:  durations in milliseconds, times in log time; counts are people.
// Bounds: see `validate`. An absent optional means "no such limit".
// Spec:   docs/rooms.md.
#pragma once

#include "base/result.hpp"
#include "base/time.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace doorward::room {

enum class Mode : std::uint8_t {
  open,    // joins and admissions
  paused,  // joins, no admissions
  closed,  // neither; waiters are closed with reason room_closed, sessions run out
  bypass,  // everybody passes, nobody is counted against capacity or rate
};
enum class Order : std::uint8_t { fifo, draw };
enum class Renew : std::uint8_t { use, never };
enum class Rejoin : std::uint8_t { keep, to_back };

// At most `count` admissions in every interval of length `every`, by `admitted_at`.
struct Rate {
  std::uint32_t count = 0;
  Millis every{1000};
  friend bool operator==(const Rate&, const Rate&) = default;
};

// A priority class; of the admissions that find waiters in several lanes, each lane takes
// `share` parts of the sum of the shares.
struct Lane {
  std::string name;
  std::uint32_t share = 1;
  friend bool operator==(const Lane&, const Lane&) = default;
};

struct Policy {
  std::optional<std::uint32_t> capacity;  // most sessions at once
  std::optional<Rate> admit;
  Millis session_ttl{std::chrono::minutes{10}};
  Renew renew = Renew::use;
  std::optional<Millis> claim_ttl;  // how long an admitted visitor may take to arrive
  Order order = Order::fifo;
  std::vector<Lane> lanes;  // empty: one lane named "default"
  Rejoin rejoin = Rejoin::keep;
  std::optional<Millis> liveness_silence;           // silent for longer: passed over at the turn
  Millis liveness_grace{std::chrono::minutes{10}};  // how long a passed-over place is kept
  std::optional<LogTime> opens_at;
  std::optional<LogTime> closes_at;
  std::uint32_t max_waiting = 1'000'000;
  Mode mode = Mode::open;
  friend bool operator==(const Policy&, const Policy&) = default;
};

inline constexpr std::size_t kMaxRoomName = 64;
inline constexpr std::size_t kMaxLanes = 16;

// 1 to 64 of [a-z0-9._-], beginning with a letter or a digit.
bool is_valid_room_name(std::string_view name);

// The first broken bound, naming the field and the remedy.
Result<> validate(const Policy& policy);

const char* to_string(Mode mode);

}  // namespace doorward::room
