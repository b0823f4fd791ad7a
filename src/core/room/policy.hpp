// A room's policy: how many may be inside, how fast they enter, who comes first, and how long each
// state lasts. Values only; nothing here decides.
//
// Units:  durations in milliseconds, times in log time; counts are people.
// Bounds: see `validate`. An absent optional means "no such limit".
// Spec:   docs/rooms.md.
#pragma once

#include "base/result.hpp"
#include "base/time.hpp"
#include "core/name.hpp"

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

// At most `count` admissions in every interval of length `every`, by `admitted_at`; or, in rounds,
// up to `count` together at every beat of `every` and nobody between.
struct Rate {
  std::uint32_t count = 0;
  Millis every{1000};
  bool rounds = false;
  friend bool operator==(const Rate&, const Rate&) = default;
};

// A priority class; of the admissions that find waiters in several lanes, each lane takes
// `share` parts of the sum of the shares.
struct Lane {
  std::string name;
  std::uint32_t share = 1;
  friend bool operator==(const Lane&, const Lane&) = default;
};

// The lane of a policy that names none.
inline constexpr std::string_view kOnlyLane = "default";

// What the room sells: while nothing of the inventory is available nobody is let in, and nobody may
// join. With a factor there are never more inside than so many times what is not sold yet.
struct Stock {
  std::string inventory;     // of the room's tenant
  std::uint32_t factor = 0;  // in thousandths; 0: none
  friend bool operator==(const Stock&, const Stock&) = default;
};

struct Policy {
  std::optional<std::uint32_t> capacity;  // most sessions at once
  std::optional<Rate> admit;
  Millis session_ttl{std::chrono::minutes{10}};
  Renew renew = Renew::use;
  std::optional<Millis> claim_ttl;  // how long an admitted visitor may take to arrive
  Order order = Order::fifo;
  std::vector<Lane> lanes;  // empty: one lane, kOnlyLane
  Rejoin rejoin = Rejoin::keep;
  std::optional<Millis> liveness_silence;           // silent for longer: passed over at the turn
  Millis liveness_grace{std::chrono::minutes{10}};  // how long a passed-over place is kept
  std::optional<LogTime> opens_at;
  std::optional<LogTime> closes_at;
  std::uint32_t max_waiting = 1'000'000;
  Mode mode = Mode::open;
  std::optional<Stock> stock;
  bool present_only = false;  // only who has an open stream is admitted; see docs/rooms.md
  friend bool operator==(const Policy&, const Policy&) = default;
};

// The bounds that `validate` holds a policy to.
inline constexpr std::size_t kMaxRoomName = naming::kMaxName;
inline constexpr std::size_t kMaxFullName = naming::kMaxFullName;  // with its tenant's
inline constexpr std::size_t kMaxLanes = 16;
inline constexpr std::uint32_t kMaxFactor = 1'000'000;  // thousandths
inline constexpr std::uint32_t kMaxShare = 1'000;
inline constexpr std::uint32_t kMaxPeople = 50'000'000;  // capacity, max_waiting
inline constexpr std::uint32_t kMaxRateCount = 1'000'000;
inline constexpr Millis kMinEvery{10};
inline constexpr Millis kMaxEvery{std::chrono::hours{24}};
inline constexpr Millis kMinTtl{std::chrono::seconds{1}};  // of a session or a claim
inline constexpr Millis kMaxTtl{std::chrono::hours{24 * 7}};
inline constexpr Millis kMinSilence{std::chrono::seconds{5}};
inline constexpr Millis kMaxSilence{std::chrono::hours{24}};
inline constexpr Millis kMaxGrace{std::chrono::hours{24 * 7}};

// 1 to 64 of [a-z0-9._-], beginning with a letter or a digit.
bool is_valid_room_name(std::string_view name);

// Whether newcomers may take the lane of that name.
bool has_lane(const Policy& policy, std::string_view lane);

// The first broken bound, naming the field and the remedy.
Result<> validate(const Policy& policy);

// Most sessions at once, if `left` of the policy's inventory are not sold yet (absent: there is no
// such inventory). `sells_last`: a factor below one still lets one in while anything is left.
std::optional<std::uint32_t> effective_capacity(const Policy& policy,
                                                std::optional<std::uint32_t> left, bool sells_last);

// The mode in force at a log time. `open` means paused before `opens_at` (people may queue up,
// nobody enters); `open` and `paused` mean closed from `closes_at` on. `closed` and `bypass` are
// the operator's word and hold at any time.
Mode effective_mode(const Policy& policy, LogTime now);

// When the effective mode changes next by time alone; none if it does not.
std::optional<LogTime> next_mode_change(const Policy& policy, LogTime now);

const char* to_string(Mode mode);
const char* to_string(Order order);
const char* to_string(Renew renew);
const char* to_string(Rejoin rejoin);

}  // namespace doorward::room
